const list = document.getElementById("entries");
const answer = await fetch("files/");
const { entries } = await answer.json();
for (const entry of entries) {
  const name = document.createElement("bdi");
  name.textContent = entry.name;
  const item = document.createElement("li");
  item.append(name);
  list.append(item);
}
