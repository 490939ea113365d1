function c(t,e={},...n){let[o,...s]=t.split("."),i=document.createElement(o);o==="button"&&(i.type="button"),s.length&&(i.className=s.join(" "));for(let[r,a]of Object.entries(e))r.includes("-")||r==="role"?i.setAttribute(r,a):i[r]=a;return i.append(...n.flat().filter(r=>r!=null)),i}function O(t){return c("bdi",{},m(t))}function m(t){return t.replace(/[\0-\x1f]/g,e=>String.fromCharCode(9216+e.charCodeAt(0))).replace(/\x7f/g,"␡").replace(/[\x80-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,e=>`[U+${e.charCodeAt(0).toString(16).toUpperCase().padStart(4,"0")}]`)}var ln="http://www.w3.org/2000/svg",rs={archive:"M4 4h16v4H4zM5.5 8v12h13V8M10 12h4",audio:"M9 18V5l11-2v13M9 18a3 2 0 1 1-6 0 3 2 0 0 1 6 0ZM20 16a3 2 0 1 1-6 0 3 2 0 0 1 6 0Z",close:"M6 6l12 12M18 6L6 18",delete:"M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5",download:"M12 4v11M7 11l5 5 5-5M5 20h14",file:"M6 3h8l5 5v13H6zM14 3v5h5",folder:"M3 6v13h18V8h-9l-2-2z",more:"M12 6v.01M12 12v.01M12 18v.01",move:"M3 6v13h18V8h-9l-2-2zM8 13.5h7M12.5 11l2.5 2.5-2.5 2.5",newFolder:"M3 6v13h18V8h-9l-2-2zM12 11v5M9.5 13.5h5",next:"M9 5l7 7-7 7",pause:"M8.5 5v14M15.5 5v14",picture:"M4 5h16v14H4zM4 16l5-5 8 8M14 15l2-2 4 4M15 9v.01",previous:"M15 5l-7 7 7 7",reload:"M19 12a7 7 0 1 1-2-5M19 3v5h-5",rename:"M4 20h4L19 9l-4-4L4 16zM13 7l4 4",resume:"M8 5l11 7-11 7z",search:"M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM15 15l6 6",signOut:"M14 4H5v16h9M10 12h10M16 8l4 4-4 4",sorted:"M12 19V5M6 11l6-6 6 6",text:"M6 3h8l5 5v13H6zM14 3v5h5M9 13h7M9 17h4",upload:"M12 16V5M7 9l5-5 5 5M5 20h14",video:"M4 6h11v12H4zM15 10l5-3v10l-5-3",warning:"M12 4L3 20h18zM12 10v4M12 17v.1"};function g(t){let e=document.createElementNS(ln,"svg");return e.setAttribute("viewBox","0 0 24 24"),e.setAttribute("aria-hidden","true"),e.setAttribute("class",`icon icon-${t}`),wt(e,t),e}function wt(t,e){(t.firstChild??t.appendChild(document.createElementNS(ln,"path"))).setAttribute("d",rs[e])}var cn=`
app.brand
  Lambda Drive
  Lambda Drive
app.help
  Keyboard shortcuts
  鍵盤快速鍵
app.menu
  Menu
  選單
app.notes
  Messages and uploads
  訊息與上傳
app.reload
  Load again
  重新載入
app.root
  All files
  所有檔案
app.search
  Search in this folder
  搜尋此資料夾
app.signOut
  Sign out
  登出
app.skip
  Go to the files
  跳至檔案清單
app.used
  {used} used
  已使用 {used}
app.usedOf
  {used} of {all} used
  已使用 {used}（共 {all}）
app.readOnly
  Read only
  唯讀
app.path
  Path
  路徑
act.choose
  Upload
  上傳
act.chooseFiles
  Upload files
  上傳檔案
act.chooseFolder
  Upload a folder
  上傳資料夾
act.clear
  Clear the selection
  取消選取
act.delete
  Delete
  刪除
act.download
  Download
  下載
act.more
  Actions for {name}
  「{name}」的操作
act.move
  Move
  移動
act.newFolder
  New folder
  新增資料夾
act.open
  Open
  開啟
act.rename
  Rename
  重新命名
act.select
  Select {name}
  選取「{name}」
act.selectAll
  Select all
  全選
act.selected
  {count} selected
  已選取 {count} 個項目
act.selection
  Actions for the selection
  所選項目的操作
act.stop
  Stop
  停止
act.undo
  Undo
  復原
act.view
  View
  檢視
dialog.cancel
  Cancel
  取消
dialog.close
  Close
  關閉
list.count
  {count} item | {count} items
  {count} 個項目
list.countLoaded
  First {count} items
  前 {count} 個項目
list.date
  Changed
  修改時間
list.drop
  Drop to upload to {name}
  放開即可上傳至「{name}」
list.empty
  This folder is empty
  這個資料夾是空的
list.emptyText
  Drop files or folders here, or choose them.
  將檔案或資料夾拖曳到這裡，或直接選擇。
list.found
  {count} match | {count} matches
  找到 {count} 個項目
list.label
  Files in {name}
  「{name}」中的檔案
list.loading
  Loading…
  載入中…
list.loadingAll
  Loading the whole folder: {count}
  正在載入整個資料夾：{count}
list.loadRest
  Load the rest
  載入其餘項目
list.name
  Name
  名稱
list.none
  Nothing here has “{query}” in its name
  找不到名稱包含「{query}」的項目
list.partly
  Only these are looked at.
  目前只包含這些項目。
list.size
  Size
  大小
list.bytes
  {count} byte | {count} bytes
  {count} 位元組
make.there
  There is already something called {name}.
  已有名為「{name}」的項目。
make.title
  New folder
  新增資料夾
make.do
  Create
  建立
name.empty
  Give it a name.
  請輸入名稱。
name.slash
  A name cannot contain “/”.
  名稱不能包含「/」。
rename.do
  Rename
  重新命名
rename.done
  {from} is now {to}
  已將「{from}」重新命名為「{to}」
rename.label
  New name
  新名稱
rename.title
  Rename {name}
  重新命名「{name}」
move.do
  Move here
  移到這裡
move.done
  Moved {count} item to {to} | Moved {count} items to {to}
  已將 {count} 個項目移至「{to}」
move.inside
  A folder cannot be moved into itself.
  無法將資料夾移到它自己裡面。
move.noFolders
  No folders here
  這裡沒有資料夾
move.same
  It is here already
  項目已在此處
move.stay
  Left as they were: {count}
  保留原狀：{count}
move.title
  Move {count} item | Move {count} items
  移動 {count} 個項目
move.working
  Moving
  正在移動
clash.both
  Keep both
  兩者都保留
clash.merge
  Put them together
  合併
clash.mergeText
  There is a folder {name} in {folder} already. You are asked about files of one name.
  「{folder}」中已有資料夾「{name}」。遇到同名檔案時會先詢問你。
clash.mergeTitle
  Put the two folders together?
  要合併這兩個資料夾嗎？
clash.option
  Do the same for all others
  其餘項目也這樣處理
clash.replace
  Replace
  取代
clash.replaceNoTrash
  The other file would be gone for good.
  原有的檔案會永久刪除。
clash.replaceTrash
  The other file would go to the trash.
  原有的檔案會移到垃圾桶。
clash.skip
  Skip
  略過
clash.title
  {name} is there already
  「{name}」已存在
changed.act.delete
  Delete it anyway
  仍要刪除
changed.act.move
  Move it anyway
  仍要移動
changed.act.rename
  Rename it anyway
  仍要重新命名
changed.keep
  Leave it as it is
  保持現狀
changed.now
  Now
  目前版本
changed.seen
  You saw
  你看到的版本
changed.text
  Somebody changed it after you saw it. Nothing was done.
  在你看到之後有人變更了它，尚未進行任何操作。
changed.title
  {name} has changed
  「{name}」已變更
remove.done
  Deleted {count} item | Deleted {count} items
  已刪除 {count} 個項目
remove.doneOne
  Deleted {name}
  已刪除「{name}」
remove.forGood
  Delete for good
  永久刪除
remove.forGoodText
  This drive keeps nothing that is deleted.
  這個雲端硬碟不會保留已刪除的檔案，無法復原。
remove.forGoodTitle
  Delete {count} item for good? | Delete {count} items for good?
  要永久刪除 {count} 個項目嗎？
remove.undone
  Put back: {count}
  已還原：{count}
remove.undoing
  Putting back
  正在還原
remove.missing
  Not in the trash any more: {count}
  已不在垃圾桶中：{count}
remove.working
  Deleting
  正在刪除
error.again
  Try again
  再試一次
error.anyway
  The drive says: {detail}
  雲端硬碟的訊息：{detail}
error.brake
  Too many calls at once, or the cost brake has stopped the drive. The page tries again. If it stays so, ask the owner.
  同時的要求過多，或費用煞車已停用雲端硬碟。系統會自動重試；若持續發生，請聯絡擁有者。
error.busy
  The drive is busy with another change here. Try again.
  此處正在進行其他變更，請再試一次。
error.conflict
  Something else is there: {detail}
  該處已有其他項目：{detail}
error.failedFor
  {name}: {why}
  {name}：{why}
error.folderGone
  This folder is not there any more, or the address is wrong.
  這個資料夾已不存在，或是網址有誤。
error.forbidden
  You have no right to do this. Ask the owner of the drive. The answer was: {detail}
  你沒有這項操作的權限，請聯絡雲端硬碟的擁有者。回應內容：{detail}
error.full
  The drive is full. Delete something, or ask its owner.
  雲端硬碟空間已滿，請刪除部分檔案或聯絡擁有者。
error.internal
  The drive has failed: {detail}
  雲端硬碟發生錯誤：{detail}
error.maintenance
  The drive is in maintenance. The page tries again.
  雲端硬碟正在維護中，系統會自動重試。
error.name
  This name is not possible: {detail}
  無法使用這個名稱：{detail}
error.notFound
  It is not there any more.
  項目已不存在。
error.offline
  No connection to the drive. The page tries again.
  無法連線到雲端硬碟，系統會自動重試。
error.readOnly
  The drive, or this place in it, is read only.
  雲端硬碟或這個位置為唯讀。
error.some
  Failed: {count}
  失敗：{count}
error.title
  This did not work
  操作未完成
error.unhealthy
  The drive reports a problem: {detail}
  雲端硬碟回報問題：{detail}
token.ask
  Enter the token of this drive. It stays in this browser tab only.
  請輸入這個雲端硬碟的權杖。權杖只會保留在這個瀏覽器分頁中。
token.do
  Open the drive
  開啟雲端硬碟
token.empty
  Enter the token.
  請輸入權杖。
token.label
  Token
  權杖
token.shape
  A token has letters, digits and -._~+/ only.
  權杖只能包含英文字母、數字和 -._~+/。
token.title
  Enter the token
  輸入權杖
token.wrong
  This token is wrong, or it was changed. Enter the present one.
  權杖不正確或已變更，請輸入目前的權杖。
keys.arrows
  Go through the list
  在清單中移動
keys.context
  Actions for the row
  開啟項目的操作選單
keys.escape
  Clear search or selection
  清除搜尋或取消選取
keys.extend
  Select a range
  選取連續項目
keys.space
  Select or not
  選取或取消選取
keys.title
  Keyboard shortcuts
  鍵盤快速鍵
keys.type
  Go to a name by its first letters
  輸入開頭文字以跳至該名稱
keys.up
  Go to the folder above
  返回上一層資料夾
`;var hn=`
transfer.again
  Try {count} again
  重試 {count} 個
transfer.againOne
  Try {name} again
  重試「{name}」
transfer.all
  All uploads
  所有上傳
transfer.andMore
  and {count} more
  以及其他 {count} 個
transfer.asking
  Somebody was faster
  已有他人先上傳
transfer.cancel
  Cancel all
  全部取消
transfer.cancelOne
  Cancel {name}
  取消「{name}」
transfer.cancelText
  What is on the drive already stays there.
  已上傳完成的檔案會保留在雲端硬碟中。
transfer.cancelTitle
  Cancel {count} upload? | Cancel {count} uploads?
  要取消 {count} 個上傳嗎？
transfer.cancelDo
  Cancel the uploads
  取消上傳
transfer.changed
  The file has changed since it was chosen. Nothing was put. Choose it again.
  選取後檔案內容已變更，因此沒有上傳。請重新選擇檔案。
transfer.clear
  Close
  關閉
transfer.done
  Uploaded {count} file | Uploaded {count} files
  已上傳 {count} 個檔案
transfer.failed
  {count} failed
  {count} 個失敗
transfer.fold
  Show or hide the list
  顯示或隱藏清單
transfer.isThere
  This file is there already | {count} of these files are there already
  其中 {count} 個檔案已存在
transfer.keep
  Go on uploading
  繼續上傳
transfer.left
  {time} left
  剩餘 {time}
transfer.looking
  Looking at what is there
  正在檢查現有檔案
transfer.of
  {done} of {all}
  {done}／{all}
transfer.overtaken
  Somebody put this file there meanwhile | Somebody put {count} of these files there meanwhile
  上傳期間，已有他人放入其中 {count} 個檔案
transfer.pause
  Pause all
  全部暫停
transfer.pauseOne
  Pause {name}
  暫停「{name}」
transfer.paused
  Paused
  已暫停
transfer.rate
  {size}/s
  每秒 {size}
transfer.reading
  Reading the folders
  正在讀取資料夾
transfer.replaceText
  A file is replaced only if it is still this version.
  只有在檔案仍是此版本時才會取代。
transfer.resume
  Resume all
  全部繼續
transfer.resumeOne
  Resume {name}
  繼續「{name}」
transfer.running
  Uploading {count} file | Uploading {count} files
  正在上傳 {count} 個檔案
transfer.there
  there: {old}. Yours: {new}
  現有檔案：{old}。你的檔案：{new}
transfer.tooLarge
  The file has {size}; the drive takes files of at most {largest}.
  檔案大小為 {size}，雲端硬碟的單檔上限為 {largest}。
transfer.unfinished
  {count} upload was not finished: {names}. Choose the same file again to go on. | {count} uploads were not finished: {names}. Choose the same files again to go on.
  有 {count} 個檔案尚未上傳完成：{names}。請重新選擇相同檔案，即可繼續。
transfer.unreadable
  The browser cannot read some files
  瀏覽器無法讀取部分檔案
transfer.waiting
  Waiting
  等待中
download.changed
  Somebody changed {name} while it was downloaded. Download it again.
  下載期間有人變更了「{name}」，請重新下載。
download.failed
  {name} could not be downloaded: {why}
  無法下載「{name}」：{why}
download.fetching
  Downloading {name}
  正在下載「{name}」
download.tooLarge
  {name} has {size}; a private window can download up to {largest}. Use another window, or the command line.
  「{name}」大小為 {size}，無痕視窗最多只能下載 {largest}。請改用一般視窗或命令列工具。
preview.close
  Close the preview
  關閉預覽
preview.cut
  The first {size} of {all}.
  僅顯示前 {size}，檔案共 {all}。
preview.download
  Download
  下載
preview.loading
  Loading…
  載入中…
preview.next
  Next file
  下一個檔案
preview.noPreview
  There is no preview of this file.
  這個檔案無法預覽。
preview.noPdf
  This browser shows no PDF here.
  此瀏覽器無法在這裡顯示 PDF。
preview.of
  {at} of {all}
  第 {at} 個，共 {all} 個
preview.previous
  Previous file
  上一個檔案
preview.unshown
  This file cannot be shown.
  無法顯示這個檔案。
`;var Ue=(navigator.languages??[navigator.language]).flatMap(t=>{try{return[new Intl.Locale(t).maximize()]}catch{return[]}}).find(({language:t,script:e})=>t==="en"||t==="zh"&&e==="Hant"),dn=Ue?.language==="zh",un=new Map;for(let[,t,e,n]of(cn+hn).matchAll(/(.+)\n {2}(.+)\n {2}(.+)/g))un.set(t,(dn?n:e).split(" | "));var fn=dn?"zh-Hant":"en",X=Ue?new Intl.Locale(Ue.language,{region:Ue.region}).toString():"en",as=new Intl.PluralRules(X),ls=new Intl.NumberFormat(X),cs=/[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;function l(t,e={}){let n=un.get(t);if(!n)throw new Error(`no words for ${t}`);return(n.length>1&&as.select(e.count)==="one"?n[0]:n.at(-1)).replace(/\{(\w+)\}/g,(s,i)=>{let r=e[i];return typeof r=="number"?ls.format(r):cs.test(r)?`⁨${r}⁩`:r})}var pn=["kilobyte","megabyte","gigabyte","terabyte","petabyte"],hs=pn.map(t=>new Intl.NumberFormat(X,{style:"unit",unit:t,maximumSignificantDigits:3})),ds=new Intl.DateTimeFormat(X,{dateStyle:"medium",timeStyle:"short"});function b(t){if(t<1e3)return l("list.bytes",{count:t});let e=0;for(t/=1e3;t>=999.5&&e<pn.length-1;)t/=1e3,e++;return hs[e].format(t)}function q(t){let e=new Date(t);return Number.isNaN(e.getTime())?"":ds.format(e)}var us=0;function N(t){let{title:e,body:n=[],choices:o=[],input:s,option:i,cancel:r,cancelValue:a,stays:h,signal:d}=t,u=`dialog-${++us}`,f=s&&fs(s,u),p=i?c("input",{type:"checkbox"}):null,v=c("button",{},r??l("dialog.cancel")),$=o.map(({label:z,kind:P="",value:C})=>c(`button${P?`.${P}`:""}`,{value:C},z)),re=c("form",{noValidate:!0},c("h2",{id:u},e),...[n].flat().map(z=>typeof z=="string"?c("p",{},z):z),f?.row,p&&c("label.tick",{},p,i),c("div.buttons",{},h?null:v,...[...$].reverse()));return ve(re,u,{signal:d,stays:h,start(z){let P=te=>{f?.wrong()||z({choice:te,value:f?.input.value,option:!!p?.checked})};v.onclick=()=>a===void 0?z(null):P(a);for(let te of $)te.onclick=()=>P(te.value);re.onsubmit=te=>{te.preventDefault(),P(o[0].value)};let C=$.find((te,an)=>o[an].kind!=="danger")??v;(f?.input??C).focus(),f&&s.select&&f.input.setSelectionRange(...s.select)}})}function fs({label:t,value:e="",check:n=()=>"",type:o="text"},s){let i=c("p.wrong",{id:`${s}-wrong`,role:"alert"}),r=c("input",{type:o,value:e,autocomplete:"off",spellcheck:!1,dir:"auto","aria-describedby":i.id}),a=()=>(i.textContent=n(r.value)||"",r.setAttribute("aria-invalid",!!i.textContent),i.textContent&&r.focus(),i.textContent);return r.oninput=()=>{i.textContent&&a()},{row:c("div.field",{},c("label",{},t,r),i),input:r,wrong:a}}function ve(t,e,{start:n,signal:o,stays:s=!1}={}){return new Promise(i=>{let r=document.activeElement,a=c("dialog",{"aria-labelledby":e},t),h=null,d=u=>{h=u,a.close()};a.onclose=()=>{a.remove(),r?.isConnected&&r.focus(),i(h)},a.oncancel=u=>{s&&u.preventDefault()},a.onpointerdown=u=>{u.target===a&&!s&&!a.querySelector("input:not([type=checkbox])")&&d(null)},a.onkeydown=u=>u.stopPropagation(),o?.addEventListener("abort",()=>d(null)),document.body.append(a),a.showModal(),n?.(d)})}var mn=new URL(".",document.baseURI).pathname,bt=`lambda-drive token ${mn}`,ps=300,ae=new BroadcastChannel(`lambda-drive ${mn}`),wn=new Set,gn=null,gt=null;ae.onmessage=({data:t})=>{let e=E();t.ask&&e&&ae.postMessage({token:e}),t.out&&e&&kt(null)};function E(){return sessionStorage.getItem(bt)}function yt(t){wn.add(t)}function bn(t){gn=t}function le(t){return E()!==t?Promise.resolve():(gt??=(async()=>{kt(await ms(t)??await gn(t))})().finally(()=>{gt=null}),gt)}function vt(){ae.postMessage({out:!0}),kt(null)}function kt(t){if(t!==E()){t===null?sessionStorage.removeItem(bt):sessionStorage.setItem(bt,t);for(let e of wn)e(t)}}function ms(t){return new Promise(e=>{let n=({data:i})=>{i.token&&i.token!==t&&o(i.token)},o=i=>{ae.removeEventListener("message",n),clearTimeout(s),e(i)},s=setTimeout(o,ps,null);ae.addEventListener("message",n),ae.postMessage({ask:!0})})}var xt=new Set,vn=new Set,yn=Date.now();function kn(t){vn.add(t)}function ce(t,e){return new Promise((n,o)=>{e?.throwIfAborted();let s=()=>{xt.delete(s),clearTimeout(r),e?.removeEventListener("abort",i),n()},i=()=>{o(e.reason),s()},r=setTimeout(s,t);xt.add(s),e?.addEventListener("abort",i)})}function xn(){for(let t of[...xt])t()}function En(){for(let t of vn)t();xn()}addEventListener("online",En);document.addEventListener("visibilitychange",()=>{document.hidden||xn()});setInterval(()=>{let t=Date.now();t-yn>9e4&&En(),yn=t},5e3);var ws=4,gs=400,Tn=8e3,bs=new Set(["GET","HEAD","OPTIONS"]),ys=new Set([500,502,504]),vs=/\.lambda-url\.[a-z0-9-]+\.on\.aws$|^(localhost|127\.0\.0\.1|\[::1\])$/,y=class extends Error{constructor(e,{type:n="",detail:o="",retryAfter:s=null,body:i={}}={}){super(`${e} ${n} ${o}`),Object.assign(this,{status:e,type:n,detail:o,retryAfter:s,body:i})}},k=class extends Error{},he={onchange:null,now:null};function ne(t){he.now!==t&&(he.now=t,he.onchange?.(t))}function I(t){let e=ks(t);if(e)throw new y(400,{type:"invalid-name",detail:e});return t.split("/").map(encodeURIComponent).join("/")}var Mn=t=>!/^\.{0,2}$|\//.test(t);function ks(t){return t.split("/").every(Mn)?t.includes("?")&&!vs.test(location.hostname)?`at this address no name can have a '?', got '${t}'`:"":`no part of a name is empty, '.' or '..', got '${t}'`}function Et(t){return new URL(`files/${I(t)}`,document.baseURI).href}function An(t){return t?`files/${I(t)}/`:"files/"}async function L(t,e,n={}){let{headers:o={},body:s,signal:i,safe:r=bs.has(t),retry:a=!0,cache:h}=n,d=gs;for(let u=1;;u++){let f=E(),p;try{let $=await xs(t,e,{headers:o,body:s,signal:i,cache:h,sent:f});return ne(null),$}catch($){p=$,p.repeated=u>1}if(p instanceof y&&p.type==="unauthorized"){await le(f),i?.throwIfAborted();continue}if(Sn(p,!0)&&ne(p),!a||u>=ws||!Sn(p,r))throw p;let v=Math.max((p.retryAfter??0)*1e3,d*(.5+Math.random()));if(v>Tn*2)throw p;await ce(v,i),d=Math.min(d*2,Tn)}}async function xs(t,e,{headers:n,body:o,signal:s,cache:i,sent:r}){let a=r?{...n,Authorization:`Bearer ${r}`}:n,h;try{h=await fetch(e,{method:t,headers:a,body:o,signal:s,cache:i,redirect:"error"})}catch(d){throw s?.aborted?s.reason:new k(d.message)}if(h.ok||h.status===304)return h;throw await Tt(h)}async function Tt(t){let e={};try{e=Object(await t.json())}catch{}let n=/^application\/problem\+json\b/.test(t.headers.get("Content-Type")??""),o=t.headers.get("Retry-After")??"";return new y(t.status,{type:n?String(e.type??"").split(":").pop():"",detail:String(e.detail??e.Message??e.message??""),retryAfter:/^\d{1,6}$/.test(o)?Number(o):null,body:e})}function Sn(t,e){return t instanceof k?e:t instanceof y?t.status===429||t.status===423?!0:t.status===503?t.body.status!=="fail"&&(e||t.type!==""):e&&ys.has(t.status):!1}async function Z(t,{cursor:e=null,signal:n}={}){let o=await St(An(t),{cursor:e,signal:n});return{entries:o.entries.filter(({name:s})=>Mn(s)),cursor:o.cursor}}async function St(t,{cursor:e=null,...n}){let o=e===null?"":`?${new URLSearchParams({cursor:e})}`;return(await L("GET",t+o,{...n,cache:"no-store"})).json()}async function Fe({signal:t,retry:e}={}){try{return await St("health",{signal:t,retry:e})}catch(n){if(n instanceof y&&n.body.status==="fail")return n.body;throw n}}async function R(t,{signal:e}={}){let{headers:n}=await L("HEAD",`files/${I(t)}`,{signal:e,cache:"no-store"}),o=new Date(n.get("Last-Modified"));return{etag:n.get("ETag"),size:Number(n.get("X-File-Size")),modified:Number.isNaN(o.getTime())?"":o.toISOString()}}async function J(t,{signal:e}={}){return(await L("PUT",An(t),{signal:e,safe:!0})).status===201}function zn(t,e,{etag:n,overwrite:o=!1,signal:s}={}){let i={Destination:Cn(e),Overwrite:o?"T":"F"};return n&&(i["If-Match"]=n),In(`files/${I(t)}`,i,{to:e,etag:n,signal:s})}async function _e(t,e,{signal:n}={}){try{let o=e?{"If-Match":e}:{};await L("DELETE",`files/${I(t)}`,{headers:o,signal:n,safe:!0})}catch(o){if(!(o.repeated&&(o.status===404||o.status===412&&!await Es(t))))throw o}}async function Es(t){try{return await R(t),!0}catch(e){if(e.status===404)return!1;throw e}}function On({cursor:t=null,signal:e}={}){return St("trash/",{cursor:t,signal:e})}function Ln(t,{to:e=t.path,overwrite:n=!1,ifMatch:o,signal:s}={}){let i={Destination:Cn(e),Overwrite:n?"T":"F"};return o&&(i["If-Match"]=o),In(`trash/${I(t.id)}`,i,{to:e,etag:t.etag,signal:s})}function Cn(t){return new URL(Et(t)).pathname}async function In(t,e,{to:n,etag:o,signal:s}){try{return(await L("POST",t,{headers:e,signal:s})).headers.get("ETag")}catch(i){if(!o||s?.aborted||!(i instanceof k||i.status>=500||i.status===404)||(await R(n,{signal:s}).catch(()=>null))?.etag!==o)throw i;return o}}var Mt=c("div.hidden",{role:"status","aria-live":"polite"}),je=c("div.banner",{role:"alert",hidden:!0}),zt=c("div.notes"),Be={live:Mt,banner:je,notes:zt};function D(t){Mt.textContent=Mt.textContent===t?`${t} `:t}var G=null;function U(t,{action:e,kind:n="done",details:o=[]}={}){G?.remove(),G=c(`div.note.${n}`,{},n==="done"?null:g("warning"),c("div.text",{},c("span",{},t),o.length?Ts(o):null));let s=G;if(e){let[i,r]=e;G.append(c("button.plain.strong",{onclick:()=>{At(s),r()}},i))}G.append(c("button.plain",{"aria-label":l("dialog.close"),onclick:()=>At(s)},g("close"))),zt.append(G),D([t,...o.slice(0,3)].join(". "))}function $n(){G?.querySelector(".strong")?.click()}function At(t){let e=t.contains(document.activeElement);t.remove(),G===t&&(G=null),e&&document.dispatchEvent(new CustomEvent("drive:focus"))}function Ts(t){return c("ul",{},...t.slice(0,5).map(e=>c("li",{dir:"auto"},e)),t.length>5?c("li",{},"…"):null)}function de(t){let e=new AbortController,n=c("progress",{"aria-label":t}),o=c("span.count"),s=c("div.note.working",{},c("div.text",{},c("span",{},t," ",o),n),c("button.plain.strong",{onclick:()=>e.abort()},l("act.stop"))),i=setTimeout(()=>{zt.append(s),D(t)},400);return{signal:e.signal,progress(r,a){o.textContent=a?`${r} / ${a}`:String(r),a&&Object.assign(n,{max:a,value:r})},end(){clearTimeout(i),s.isConnected&&At(s)}}}function Dn(t){je.hidden=!t,t?je.replaceChildren(g("warning"),c("span",{},x(t))):je.replaceChildren()}function x(t){if(t instanceof k)return l("error.offline");if(!(t instanceof y))return String(t?.message??t);let{status:e,type:n,detail:o}=t,s={"invalid-name":"name","not-found":"notFound","no-space":"full","read-only":"readOnly","upload-locked":"busy",busy:"busy",conflict:"conflict",maintenance:"maintenance",unhealthy:"unhealthy"}[n]??{403:"forbidden",404:"notFound",429:"brake"}[e]??(e>=500?"internal":"anyway");return l(`error.${s}`,{detail:o||`HTTP ${e}`})}var ue=Object.freeze({"If-None-Match":"*"}),Ss=3,Ms=20,Ot=4;async function Pn(t,e,{signal:n}={}){let o=new Map(e),s=new Map;for(let r of t){if(o.has(r))continue;let a=r.slice(0,Math.max(r.lastIndexOf("/"),0));s.set(a,(s.get(a)??0)+1)}let i=[];for(let r of[...s.keys()].sort()){if(s.get(r)<=Ss||i.some(h=>r.startsWith(`${h}/`)))continue;let a=await As(r,n);a||i.push(r);for(let h of a??[])o.set(r?`${r}/${h.name}`:h.name,h)}return o}async function As(t,e){let n=[],o=null;try{for(let s=0;s<Ms;s++){let i=await Z(t,{cursor:o,signal:e});if(n.push(...i.entries),o=i.cursor,o===null)break}}catch(s){if(s.status===404||s.type==="conflict")return null;throw s}return n}async function Nn(t){try{return{name:t.slice(t.lastIndexOf("/")+1),kind:"file",...await R(t)}}catch(e){if(e instanceof y)return null;throw e}}async function Lt(t,{overtaken:e=!1}={}){let n=t.slice(0,Ot).map(({path:i,file:r,entry:a})=>c("li",{},O(i),c("span",{},l("transfer.there",{old:`${b(a.size)}, ${q(a.modified)}`,new:`${b(r.size)}, ${q(new Date(r.lastModified).toISOString())}`}))));t.length>Ot&&n.push(c("li",{},l("transfer.andMore",{count:t.length-Ot})));let o=t.length;return(await N({title:l(e?"transfer.overtaken":"transfer.isThere",{count:o}),body:[c("ul.conflicts",{},...n),l("transfer.replaceText")],choices:[{value:"both",label:l("clash.both"),kind:"primary"},{value:"replace",label:l("clash.replace"),kind:"danger"}],cancel:l("clash.skip")}))?.choice??"skip"}function fe(t,e){let n=t.lastIndexOf("/")+1,o=t.lastIndexOf("."),s=o>n?o:t.length,[,i,r]=/^(.*?)(?: \((\d{1,6})\))?$/s.exec(t.slice(n,s));for(let a=Number(r??1)+1;;a++){let h=`${t.slice(0,n)}${i} (${a})${t.slice(s)}`;if(!e(h))return h}}var zs=4,T=(t,e)=>t?`${t}/${e}`:e,M=t=>t.slice(0,Math.max(0,t.lastIndexOf("/"))),S=t=>t.slice(t.lastIndexOf("/")+1),ke=class{done=[];kept=[];failures=[]};async function*Ct(t,e,n){e.push(t);let o=null,s=0;do{let i=await Z(t,{cursor:o,signal:n});for(let r of i.entries){s++;let a=T(t,r.name);r.kind==="directory"?yield*Ct(a,e,n):yield{path:a,entry:r}}o=i.cursor===o?null:i.cursor}while(o!==null);s||(yield{path:t,entry:null})}async function*Os(t,e,n,o){for(let s of e){let i=T(t,s.name);s.kind==="directory"?yield*Ct(i,n,o):yield{path:i,entry:s}}}async function It(t,e,n,{signal:o,progress:s=()=>{}}){let i=null,r=async()=>{for(;;){if(o?.aborted)return;let{value:a,done:h}=await t.next();if(h||o?.aborted)return;try{await e(a)}catch(d){if(o?.aborted)return;n.failures.push({path:a.path,error:d})}s(n.done.length)}};await Promise.all(Array.from({length:zs},()=>r().catch(a=>{i??=a}))),i&&!o?.aborted&&n.failures.push({path:"",error:i})}async function Rn(t,e,{signal:n,progress:o,decide:s}){let i=Object.assign(new ke,{files:[],directories:[]}),r=[];await It(Os(t,e,r,n),async({path:h,entry:d})=>{if(!d)return;let u=await Ls(h,d,s,f=>_e(h,f));if(u===null){i.kept.push(h);return}i.done.push(h),i.files.push({path:h,etag:u,entry:d})},i,{signal:n,progress:o});let a=[...i.kept,...i.failures.map(({path:h})=>h)];for(let h of r.reverse())if(!(n?.aborted||a.some(d=>d.startsWith(`${h}/`))))try{await _e(h,null),i.directories.push(h),i.done.push(h)}catch(d){d.status!==404&&i.failures.push({path:h,error:d})}return i}async function Ls(t,e,n,o){let s=e;for(;;)try{return await o(s.etag),s.etag}catch(i){if(i.status===404)return s.etag;if(i.status!==412)throw i;let r=await R(t).catch(Cs);if(r&&!await n.changed(t,s,r))return null;if(!r)return s.etag;s=r}}var Cs=t=>{if(t.status===404)return null;throw t};async function Un({files:t,directories:e},{signal:n,progress:o,decide:s}){let i=Object.assign(new ke,{missing:0,elsewhere:!1}),r=new Map(t.map(d=>[`${d.etag} ${d.path}`,d])),a=[],h=null;for(;r.size&&!n?.aborted;){let d=await On({cursor:h,signal:n});for(let u of d.versions)r.delete(`${u.etag} ${u.path}`)&&a.push(u);if(d.cursor===null||d.cursor===h)break;h=d.cursor}i.missing=r.size,await It(a.values(),async d=>{let u=await Fn(d.path,s,(f,p)=>Ln(d,{to:f,overwrite:p}));i[u===null?"kept":"done"].push(d.path),i.elsewhere||=u!==d.path},i,{signal:n,progress:d=>o(d,a.length)});for(let d of[...e].reverse())!n?.aborted&&!i.done.some(u=>u.startsWith(`${d}/`))&&await J(d);return i}async function Fn(t,e,n){let o=new Set;for(let s=!1,i=t;;)try{return await n(i,s),i}catch(r){if(r.status!==412&&r.status!==409)throw r;let a=o.size?"both":await e.clash(t,r.status===412);if(a==="skip")return null;s=a==="replace",o.add(i),s||(i=fe(t,h=>o.has(h)))}}async function _n(t,e,n,{signal:o,progress:s,decide:i}){let r=Object.assign(new ke,{moved:[]});for(let a of e){if(o?.aborted)break;let h=T(t,a.name),d=n(a),u=r.kept.length+r.failures.length;try{a.kind==="directory"?await Is(h,d,r,{signal:o,progress:s,decide:i}):await jn(h,d,a,r,i)}catch(p){o?.aborted||r.failures.push({path:h,error:p})}!o?.aborted&&u===r.kept.length+r.failures.length&&r.moved.push({entry:a,path:a.kind==="directory"?d:r.done.at(-1)}),s(r.done.length)}return r}async function jn(t,e,n,o,s){let i=n,r=await Fn(e,s,async(a,h)=>{for(;;)try{await zn(t,a,{etag:i.etag,overwrite:h});return}catch(d){if(d.status!==412)throw d;let u=await R(t);if(u.etag===i.etag)throw d;if(!await s.changed(t,i,u))throw new He;i=u}}).catch(a=>{if(a instanceof He)return null;throw a});r===null?o.kept.push(t):o.done.push(r)}var He=class extends Error{};async function Is(t,e,n,{signal:o,progress:s,decide:i}){if(!await J(e)&&!await i.merge(e)){n.kept.push(t);return}let r=[],a=h=>e+h.slice(t.length);await It(Ct(t,r,o),async({path:h,entry:d})=>{d?await jn(h,a(h),d,n,i):h!==t&&await J(a(h))},n,{signal:o,progress:s});for(let h of r.reverse()){if(o?.aborted)return;await _e(h,null).catch(d=>{if(![404,409].includes(d.status))throw d})}}function Bn({title:t,start:e,refuse:n}){let o=new AbortController,s=c("nav.crumbs",{"aria-label":l("app.path")}),i=c("ul.folders"),r=c("p.note",{role:"status"}),a=c("button",{},l("dialog.cancel")),h=c("button.primary",{},l("move.do")),d=c("div.chooser",{},c("h2",{id:"chooser"},t),s,i,r,c("div.buttons",{},a,h)),u=e,f=async(p,v=null)=>{u=p;let $=p?p.split("/"):[];s.replaceChildren(...["",...$].map((z,P)=>{let C=c("button.plain",{onclick:()=>f($.slice(0,P).join("/"))},P?O(z):l("app.root"));return P===$.length&&C.setAttribute("aria-current","page"),C}));let re=n(p);h.disabled=!!re,r.textContent=re||l("list.loading"),v===null&&i.replaceChildren();try{let z=await Z(p,{cursor:v,signal:o.signal});if(u!==p)return;let P=z.entries.filter(({kind:C})=>C==="directory");if(i.append(...P.map(({name:C})=>c("li",{},c("button.plain",{onclick:()=>f(T(p,C))},g("folder"),O(C))))),z.cursor!==null){let C=c("button.plain",{},l("list.loadRest"));C.onclick=()=>{C.parentNode.remove(),f(p,z.cursor)},i.append(c("li",{},C))}r.textContent=re||(i.childElementCount?"":l("move.noFolders")),d.contains(document.activeElement)||s.lastChild.focus()}catch(z){o.signal.aborted||(r.textContent=x(z))}};return ve(d,"chooser",{start(p){a.onclick=()=>p(null),h.onclick=()=>p(u),d.onkeydown=v=>{v.altKey&&v.key==="ArrowUp"&&f(M(u))},f(e),s.lastChild.focus()}}).finally(()=>o.abort())}var Hn=t=>m(S(t))||l("app.root");var We=class{#e=Promise.resolve();#n=new Map;constructor(e,{keepsVersions:n,many:o,signal:s}){Object.assign(this,{act:e,keepsVersions:n,many:o,signal:s})}async changed(e,n,o){return await this.#t("changed","keep",{title:l("changed.title",{name:m(S(e))}),body:[l("changed.text"),...$s(n,o)],choices:[{value:"act",label:l(`changed.act.${this.act}`),kind:"danger"}],cancel:l("changed.keep"),cancelValue:"keep"})==="act"}clash(e,n){let o=[{value:"both",label:l("clash.both"),kind:"primary"}];return n&&o.push({value:"replace",label:l("clash.replace"),kind:"danger"}),this.#t(`clash ${n}`,"skip",{title:l("clash.title",{name:m(S(e))}),body:n?l(this.keepsVersions?"clash.replaceTrash":"clash.replaceNoTrash"):[],choices:o,cancel:l(this.many?"clash.skip":"dialog.cancel"),cancelValue:"skip"})}async merge(e){let n={name:m(S(e)),folder:m(S(M(e)))||l("app.root")};return await this.#t("merge","skip",{title:l("clash.mergeTitle"),body:l("clash.mergeText",n),choices:[{value:"merge",label:l("clash.merge"),kind:"primary"}],cancelValue:"skip"})==="merge"}#t(e,n,o){let s=this.#e.then(async()=>{if(this.#n.has(e))return this.#n.get(e);if(this.signal?.aborted)return n;let i=await N({...o,option:this.many?l("clash.option"):void 0,signal:this.signal}),r=i?.choice??n;return i?.option&&this.#n.set(e,r),r});return this.#e=s.catch(()=>{}),s}};function $s(t,e){let n=(o,s)=>`${l(o)}: ${b(s.size)}, ${q(s.modified)}`;return[n("changed.seen",t),n("changed.now",e)]}function Wn(t){return t?t.includes("/")?l("name.slash"):"":l("name.empty")}var qe=class{constructor(e){this.page=e}async makeFolder(){let{folder:e}=this.page,n=i=>e.find(i)?l("make.there",{name:m(i)}):"",o=await N({title:l("make.title"),input:{label:l("list.name"),check:i=>Wn(i)||n(i)},choices:[{value:"make",label:l("make.do"),kind:"primary"}]});if(!o)return;let s=o.value;await this.#s(async()=>{await J(T(e.path,s)),await this.page.patch(e.path,{added:[Ds(s)]},s)})}async rename(e){let{folder:n}=this.page,o=e.kind==="file"?e.name.lastIndexOf("."):-1,s=await N({title:l("rename.title",{name:m(e.name)}),input:{label:l("rename.label"),value:e.name,select:[0,o>0?o:e.name.length],check:Wn},choices:[{value:"rename",label:l("rename.do"),kind:"primary"}]});!s||s.value===e.name||await this.#e("rename",[e],n.path,()=>T(n.path,s.value))}async move(e){let{folder:n}=this.page,o=e.filter(({kind:i})=>i==="directory").map(({name:i})=>`${T(n.path,i)}/`),s=await Bn({title:l("move.title",{count:e.length}),start:n.path,refuse:i=>i===n.path?l("move.same"):o.some(r=>`${i}/`.startsWith(r))?l("move.inside"):""});s!==null&&await this.#e("move",e,n.path,i=>T(s,i.name))}async#e(e,n,o,s){let i=de(l("move.working")),r=this.#t(e,n,i);await this.#s(async()=>{let a=await _n(o,n,s,{...i,decide:r});i.end();let{moved:h}=a,d=h.map(({entry:v})=>v.name),f=h.filter(({path:v})=>M(v)===o).map(({entry:v,path:$})=>({...v,name:$t($),folded:void 0}));await this.page.patch(o,{removed:d,added:f},f[0]?.name);let p=e==="rename"?h.length?l("rename.done",{from:m(n[0].name),to:m($t(h[0].path))}):"":l("move.done",{count:h.length,to:Hn(M(s(n[0])))});this.#o(h.length?p:"",a)},i)}async remove(e){let{folder:n,keepsVersions:o}=this.page,s=e.length;if(!o&&!await N({title:l("remove.forGoodTitle",{count:s}),body:l("remove.forGoodText"),choices:[{value:"delete",label:l("remove.forGood"),kind:"danger"}]}))return;let i=de(l("remove.working")),r=this.#t("delete",e,i);await this.#s(async()=>{let a=await Rn(n.path,e,{...i,decide:r});i.end();let h=new Set(a.done),d=e.filter(({name:v})=>h.has(T(n.path,v)));await this.page.patch(n.path,{removed:d.map(({name:v})=>v)});let u=d.length===1?l("remove.doneOne",{name:m(d[0].name)}):l("remove.done",{count:d.length}),f=()=>this.#n(n.path,a,d),p=o&&a.done.length;this.#o(d.length?u:"",a,p?[l("act.undo"),f]:void 0)},i)}async#n(e,n,o){let s=de(l("remove.undoing")),i=this.#t("delete",n.files,s);await this.#s(async()=>{let r=await Un(n,{...s,decide:i});s.end(),r.elsewhere||r.kept.length||r.missing||r.failures.length?await this.page.reload(e):await this.page.patch(e,{added:o},o[0]?.name);let a=r.missing?l("remove.missing",{count:r.missing}):"";this.#o([l("remove.undone",{count:r.done.length}),a].filter(Boolean).join(". "),r)},s)}#t(e,n,o){let s=n.length>1||n.some(({kind:i})=>i==="directory");return new We(e,{keepsVersions:this.page.keepsVersions,many:s,signal:o.signal})}#o(e,{failures:n,kept:o},s){let i=n.map(({path:d,error:u})=>d?l("error.failedFor",{name:m($t(d)),why:x(u)}):x(u)),r=o.length?l("move.stay",{count:o.length}):"",a=n.length?l("error.some",{count:n.length}):"",h=[e,r,a].filter(Boolean).join(". ");h&&U(h,{action:s,details:i,kind:n.length?"wrong":"done"})}async#s(e,n){try{await e()}catch(o){U(`${l("error.title")}. ${x(o)}`,{kind:"wrong"})}finally{n?.end(),this.page.changed()}}},$t=t=>t.slice(t.lastIndexOf("/")+1);function Ds(t){return{name:t,kind:"directory",size:0,modified:new Date().toISOString(),etag:null}}var Ps=1e4,Ns=1e4,Ge=new Map,qn=null;async function xe(t,{save:e=!1}={}){let n=Et(t);if(!E())return{url:n,ended:new Promise(()=>{}),release(){}};let o=await Rs();if(!o)return null;let s=crypto.randomUUID(),i=e?setInterval(()=>o.postMessage({awake:!0}),Ns):0,r=new Promise(h=>Ge.set(s,{url:n,end:h})),a=()=>{Ge.delete(s),clearInterval(i)};return{url:`${n}?${e?"save":"view"}=${s}`,ended:r,release:a}}function Rs(){let t=navigator.serviceWorker;if(!t)return null;let e=new Promise(n=>setTimeout(n,Ps,null));return qn??=Promise.race([Us(t).catch(()=>null),e]),qn}async function Us(t){t.addEventListener("message",Fs),t.startMessages();let e=new Promise(o=>t.addEventListener("controllerchange",o,{once:!0})),n=await t.register("page/worker.js",{scope:"./",updateViaCache:"none"});return t.controller||(n.active?.postMessage({claim:!0}),await e),t.controller}async function Fs({data:t,ports:e}){if(t.ended)Ge.get(t.ended)?.end(t);else if(t.ask){let n=Ge.get(t.ask)?.url===t.url;n&&t.refused&&await le(t.refused),e[0].postMessage({token:n?E():null})}}var _s=4*1024*1024,Gn=400,Ke=512*1024*1024,Kn=Promise.resolve(),Ee={save(t,e){let n=Kn.then(()=>js(t,e).catch(o=>Yn(t,x(o))));return Kn=n,n}};async function js(t,e){if(!E()){Vn(t,(await xe(t)).url),await new Promise(i=>setTimeout(i,Gn));return}let n=await xe(t,{save:!0});if(!n)return Bs(t,e);let o=c("iframe",{src:n.url,hidden:!0,title:l("download.fetching",{name:m(S(t))})});document.body.append(o);let s=await n.ended;n.release(),setTimeout(()=>o.remove(),Gn*10),s.failed===412?U(l("download.changed",{name:m(S(t))}),{kind:"wrong"}):"failed"in s&&Yn(t,x(new y(s.failed)))}function Yn(t,e){U(l("download.failed",{name:m(S(t)),why:e}),{kind:"wrong"})}async function Bs(t,e){let n=m(S(t));if(e.size>Ke){let s={name:n,size:b(e.size),largest:b(Ke)};U(l("download.tooLarge",s),{kind:"wrong"});return}let o=de(l("download.fetching",{name:n}));try{let s=await Dt(t,{signal:o.signal,progress:o.progress}),i=URL.createObjectURL(new Blob([s],{type:"application/octet-stream"}));Vn(t,i),setTimeout(()=>URL.revokeObjectURL(i),6e4)}catch(s){if(o.signal.aborted)return;if(s.status===412)U(l("download.changed",{name:n}),{kind:"wrong"});else throw s}finally{o.end()}}async function Dt(t,{signal:e,progress:n}={}){let{etag:o,size:s}=await R(t,{signal:e}),i=[],r="";for(let a=0;a<s;){let h={Range:`bytes=${a}-${a+_s-1}`,"If-Match":o},d=await L("GET",`files/${I(t)}`,{headers:h,signal:e,cache:"no-store"}),u=await d.blob();r=d.headers.get("Content-Type"),i.push(u),a+=u.size,n?.(Math.round(a/s*100),100)}return new Blob(i,{type:r})}function Vn(t,e){let n=c("a",{href:e,download:S(t)});document.body.append(n),n.click(),n.remove()}var Hs=new Intl.Collator(X,{numeric:!0,sensitivity:"base"}),Xn=8,Ws={name:(t,e)=>Hs.compare(t.name,e.name),size:(t,e)=>t.size-e.size,date:(t,e)=>t.time-e.time},qs=(t,e)=>t.name<e.name?-1:t.name>e.name?1:0,Te=class t{entries=[];view=[];complete=!1;order={by:null,descending:!1};query="";#e=null;#n=null;#t=0;constructor(e,n){this.path=e,this.changed=n,this.leaving=new AbortController}async start(){await this.#o(),this.complete&&(this.order={by:"name",descending:!1}),await this.arrange()}more(){return this.complete?Promise.resolve():(this.#n??=this.#o().then(()=>this.arrange()).finally(()=>{this.#n=null}),this.#n)}async all(e,n){for(;!this.complete&&!n.aborted;)await(this.#n??this.#o()),e(this.entries.length),this.query&&!this.order.by&&await this.arrange();await this.arrange()}async reload(){let e=new t(this.path,()=>{});e.leaving=this.leaving;do await e.#o();while(!e.complete&&e.entries.length<this.entries.length);this.entries=e.entries,this.complete=e.complete,this.#e=e.#e,this.complete&&(this.order.by??="name"),await this.arrange()}async#o(){let e=this.#e,n=await Z(this.path,{cursor:e,signal:this.leaving.signal});this.#e=n.cursor,this.complete=n.cursor===null||n.cursor===e;for(let o of n.entries)this.entries.push(Zn(o))}find(e){return this.entries.find(n=>n.name===e)}patch({removed:e=[],added:n=[]}){let o=new Set([...e,...n.map(s=>s.name)]);this.entries=this.entries.filter(s=>!o.has(s.name));for(let s of n)this.entries.push(Zn(s));return this.arrange()}sort(e,n){return this.order={by:e,descending:n},this.arrange()}search(e){return this.query=e,this.arrange()}async arrange(){let e=++this.#t,n=Gs(),o=()=>n().then(()=>e!==this.#t||this.leaving.signal.aborted),s=this.entries;if(this.query){let a=Jn(this.query);s=[];for(let h=0;h<this.entries.length;h++){let d=this.entries[h];if((d.folded??=Jn(d.name)).includes(a)&&s.push(d),h%512===511&&await o())return}}let{by:i,descending:r}=this.order;if(i){let a=Ws[i],h=r?-1:1;if(s=await Ks(s,(u,f)=>(u.kind===f.kind?0:u.kind==="directory"?-1:1)||h*a(u,f)||h*qs(u,f),o),!s)return}this.view=s,this.changed()}};function Zn(t){return t.time=Date.parse(t.modified)||0,t}function Jn(t){return t.normalize("NFKD").replace(new RegExp("\\p{M}","gu"),"").toLowerCase()}function Gs(){let t=performance.now()+Xn;return async()=>{performance.now()<t||(await new Promise(e=>setTimeout(e)),t=performance.now()+Xn)}}async function Ks(t,e,n){let s=[];for(let i=0;i<t.length;i+=256)if(s.push(t.slice(i,i+256).sort(e)),await n())return null;for(;s.length>1;){let i=[];for(let r=0;r<s.length;r+=2)if(i.push(s[r+1]?await Ys(s[r],s[r+1],e,n):s[r]),!i.at(-1))return null;s=i}return s[0]??[]}async function Ys(t,e,n,o){let s=[],i=0,r=0;for(;i<t.length&&r<e.length;)if(s.push(n(t[i],e[r])<=0?t[i++]:e[r++]),s.length%512===0&&await o())return null;return s.concat(t.slice(i),e.slice(r))}var pe=(t,e,n="")=>c(`button.tool${n}`,{title:l(`act.${t}`)},g(e),c("span",{},l(`act.${t}`))),H=c("input",{type:"search",placeholder:l("app.search"),"aria-label":l("app.search"),spellcheck:!1,dir:"auto"}),Ve=c("button.plain",{"aria-label":l("app.menu"),"aria-haspopup":"menu"},g("more")),Se=c("nav.crumbs",{"aria-label":l("app.path")}),Qn=c("span.badge",{hidden:!0},l("app.readOnly")),me=c("div.scroller"),K=c("section.panel",{hidden:!0,tabIndex:-1}),Nt=c("div.foot"),eo=c("span"),to=c("div.drop",{hidden:!0,"aria-hidden":"true"},eo),Rt=c("div.transfers"),Y={upload:pe("choose","upload",".primary"),newFolder:pe("newFolder","newFolder")},A={download:pe("download","download"),rename:pe("rename","rename"),move:pe("move","move"),delete:pe("delete","delete"),clear:c("button.plain",{"aria-label":l("act.clear"),title:l("act.clear")},g("close")),count:c("span.number")};Y.upload.setAttribute("aria-haspopup","menu");var no=c("div.tools",{},Qn,Y.newFolder,Y.upload),oo=c("div.tools",{role:"toolbar","aria-label":l("act.selection"),hidden:!0},A.clear,A.count,A.download,A.rename,A.move,A.delete),so=c("div.bar"),io=c("span"),Ye=c("div.meter",{"aria-hidden":"true"},c("div")),Pt=c("div.usage",{hidden:!0},Ye,io),ro=c("main",{},so,Be.banner,me,K,Nt,to);function ao(){let t=c("button.skip",{onclick:()=>document.dispatchEvent(new CustomEvent("drive:focus"))},l("app.skip"));so.append(Se,no,oo),document.body.append(t,c("header",{},c("h1",{},g("folder"),c("span",{},l("app.brand"))),c("label.search",{},g("search"),H,c("kbd",{"aria-hidden":"true"},"/")),Pt,Ve),ro,c("aside.dock",{"aria-label":l("app.notes")},Be.notes,Rt),Be.live)}function lo(t,e){let n=t?t.split("/"):[],o=["",...n].map((s,i)=>{let r=c("a",{href:e(n.slice(0,i).join("/"))},i?O(s):l("app.root"));return i===n.length&&r.setAttribute("aria-current","page"),i&&(r.title=s),c("li",{},r)});Se.replaceChildren(c("ol",{},...o)),Se.scrollLeft=Se.scrollWidth*(getComputedStyle(Se).direction==="rtl"?-1:1)}function co(t,e){if(Pt.hidden=!Number.isFinite(t),Pt.hidden)return;let n=e?l("app.usedOf",{used:b(t),all:b(e)}):l("app.used",{used:b(t)});io.textContent=n,Ye.hidden=!e,Ye.firstChild.style.width=`${Math.min(1,t/e)*100}%`,Ye.classList.toggle("full",t>e*.9)}function ho(t,{files:e,writable:n,failed:o}){no.hidden=t>0,oo.hidden=!t,Qn.hidden=n;for(let s of Object.values(Y))s.hidden=!n||o;A.count.textContent=l("act.selected",{count:t}),A.download.hidden=!e,A.rename.hidden=!n||t!==1,A.move.hidden=A.delete.hidden=!n,ro.classList.toggle("choosing",t>0)}function Me(t,e,n,o=[]){K.replaceChildren(g(t),c("h2",{},e),n?c("p",{},n):"",c("div.buttons",{},...o.map(([s,i,r])=>c(`button${r?".primary":""}`,{onclick:i},s)))),K.hidden=!1,me.hidden=!0}function uo(){K.hidden=!0,me.hidden=!1}function fo(t){to.hidden=t===null,eo.textContent=t===null?"":l("list.drop",{name:t})}var po=/Mac|iP/.test(navigator.platform)?"⌘":"Ctrl",Vs=[["↑ ↓","keys.arrows"],["Enter","act.open"],["Backspace","keys.up"],["Space","keys.space"],["Shift ↑ ↓","keys.extend"],[`${po} A`,"act.selectAll"],["A – Z","keys.type"],["F2","act.rename"],["Delete","act.delete"],[`${po} Z`,"act.undo"],["Shift F10","keys.context"],["/","app.search"],["Esc","keys.escape"],["?","keys.title"]];function Xe(){let t=c("button.primary",{},l("dialog.close"));ve(c("div.keys",{},c("h2",{id:"keys"},l("keys.title")),c("dl",{},...Vs.map(([e,n])=>c("div",{},c("dt",{},c("kbd",{},e)),c("dd",{},l(n))))),c("div.buttons",{},t)),"keys",{start(e){t.onclick=()=>e(null),t.focus()}})}function mo(){bn(async t=>{for(;;){let e=await N({title:l("token.title"),body:l(t?"token.wrong":"token.ask"),stays:!0,input:{label:l("token.label"),type:"password",check:n=>n.trim()?/^[A-Za-z0-9._~+/-]+=*$/.test(n.trim())?"":l("token.shape"):l("token.empty")},choices:[{value:"open",label:l("token.do"),kind:"primary"}]});if(e)return e.value.trim()}})}function wo(t){document.addEventListener("keydown",e=>{let{key:n}=e,o=e.ctrlKey||e.metaKey,s=e.target.matches("input:not([type=checkbox]), textarea");if(!(e.defaultPrevented||s&&e.target!==H)){if(n==="Escape")s&&H.value?t.search(""):!t.clear()&&s&&t.focusList();else if(s){if(n!=="ArrowDown")return;t.focusList()}else if(o&&n.toLowerCase()==="a")t.selectAll();else if(o&&n.toLowerCase()==="z")$n();else if(n==="/"&&!o)H.focus();else if(n==="?")Xe();else if(n==="ArrowDown"&&e.target===document.body)t.focusList();else if(n==="Backspace"&&!o||e.altKey&&n==="ArrowUp")t.up();else return;e.preventDefault()}})}var Xs={archive:"7z bz2 gz rar tar tgz xz zip zst",audio:"aac flac m4a mp3 ogg opus wav",picture:"avif bmp gif heic jpeg jpg png svg tiff webp",text:"css csv doc docx html js json log md odt pdf py rtf sh sql tex toml txt xml yaml",video:"avi m4v mkv mov mp4 mpg webm"},Zs=new Map(Object.entries(Xs).flatMap(([t,e])=>e.split(" ").map(n=>[n,t])));function Ae({kind:t,name:e}){return t==="directory"?"folder":Zs.get(e.slice(e.lastIndexOf(".")+1).toLowerCase())??"file"}var go=12,Js=900,Qs=400,Ze=class{active=0;view=[];#e=new Map;#n={text:"",at:0};#t=44;#o=0;constructor(e,n,o){Object.assign(this,{scroller:e,selection:n,on:o}),this.all=c("input",{type:"checkbox","aria-label":l("act.selectAll")}),this.all.onclick=()=>this.#u(()=>this.all.checked?n.all(this.view):n.clear()),this.heads=Object.fromEntries(["name","size","date"].map(s=>[s,this.#s(s)])),this.body=c("div.rows",{role:"rowgroup"}),this.grid=c("div.grid",{role:"grid","aria-multiselectable":"true","aria-colcount":5},c("div.head",{role:"rowgroup"},c("div.row",{role:"row","aria-rowindex":1},c("div.check",{role:"columnheader"},this.all),...Object.values(this.heads),c("div.more",{role:"columnheader"},c("span.hidden",{},l("act.selection"))))),this.body),e.append(this.grid),e.addEventListener("scroll",()=>this.#c(),{passive:!0}),new ResizeObserver(()=>this.#c()).observe(e),this.body.addEventListener("click",s=>this.#p(s)),this.body.addEventListener("dblclick",s=>{s.target.closest("input, button, a")||this.on.open(this.entryAt(s.target))}),this.body.addEventListener("contextmenu",s=>this.#f(s)),this.body.addEventListener("keydown",s=>this.#m(s)),this.body.addEventListener("focusin",s=>this.#a(this.#d(s.target)))}#s(e){let n=c("button",{onclick:()=>this.on.sort(e)},c("span",{},l(`list.${e}`)),g("sorted"));return c(`div.${e}`,{role:"columnheader"},n)}show(e,{complete:n,order:o,label:s}){let i=this.#i(),r=new Map(e.map(({name:h},d)=>[h,d])),a=this.view.slice(this.active).find(({name:h})=>r.has(h));this.view=e,this.active=a?r.get(a.name):Math.max(0,e.length-1),this.grid.setAttribute("aria-label",s),this.grid.setAttribute("aria-rowcount",n?e.length+1:-1);for(let[h,d]of Object.entries(this.heads)){let u=o.by!==h?"none":o.descending?"descending":"ascending";d.setAttribute("aria-sort",u)}return this.render(),i!==null&&e.length&&this.focus(i),i!==null&&!e.length}enter(e,n,o){this.view=o,this.active=Math.max(0,o.findIndex(s=>s.name===e)),this.body.style.height=`${o.length*this.#t}px`,this.scroller.scrollTop=n,e!==void 0&&o.length&&this.#l(this.active)}entryAt(e){return this.view[e.closest?.(".row")?.index??-1]}focus(e=""){this.#l(this.active),this.render();let n=this.#e.get(this.active);(e&&n?.querySelector(e)||n)?.focus({preventScroll:!0})}goTo(e){let n=this.view.findIndex(o=>o.name===e);return n>=0&&this.#a(n),n>=0}#i(){let e=document.activeElement;if(!this.body.contains(e))return null;let{control:n}=e.dataset;return n?`[data-control=${n}]`:""}#c(){this.#o||=requestAnimationFrame(()=>{this.render()})}render(){cancelAnimationFrame(this.#o),this.#o=0,this.#t=parseFloat(getComputedStyle(this.scroller).getPropertyValue("--row"));let{scrollTop:e,clientHeight:n}=this.scroller,o=this.view.length;this.body.style.height=`${o*this.#t}px`;let s=Math.max(0,Math.floor(e/this.#t)-go),i=Math.min(o,Math.ceil((e+n)/this.#t)+go),r=this.#i()===null?-1:this.#d(document.activeElement),a=d=>d>=s&&d<i||d===this.active;for(let[d,u]of this.#e)(d>=o||!a(d)&&d!==r)&&(u.remove(),this.#e.delete(d));let h=[];for(let d=s;d<i;d++)h.push(d);this.active<o&&(this.active<s||this.active>=i)&&h.push(this.active);for(let d of h)this.#e.has(d)||this.#h(d);for(let[d,u]of this.#e)this.#r(u,d);this.all.checked=o>0&&this.selection.size>=o,this.all.indeterminate=this.selection.size>0&&!this.all.checked,i>o-Qs&&this.on.more()}#h(e){let n=ei(),o=[...this.#e.keys()].filter(s=>s>e);this.body.insertBefore(n,o.length?this.#e.get(Math.min(...o)):null),this.#e.set(e,n)}#r(e,n){let o=this.view[n];e.entry!==o&&ti(e,o,this.on.address(o));let s=this.selection.has(o);e.setAttribute("aria-selected",s),e.parts.check.checked=s,(e.index!==n||e.height!==this.#t)&&(e.style.transform=`translateY(${n*this.#t}px)`,e.setAttribute("aria-rowindex",n+2),Object.assign(e,{index:n,height:this.#t}));let i=n===this.active?0:-1;if(e.tabIndex!==i||e.tabbed!==i){e.tabbed=i;for(let r of[e,...e.querySelectorAll("[data-control]")])r.tabIndex=i}}#a(e){e<0||e===this.active||(this.active=e,this.render())}#l(e){let n=e*this.#t,o=this.scroller.clientHeight-this.body.offsetTop;n<this.scroller.scrollTop?this.scroller.scrollTop=n:n+this.#t>this.scroller.scrollTop+o&&(this.scroller.scrollTop=n+this.#t-o)}#d(e){return e.closest(".row")?.index??-1}#u(e){e(),this.render(),this.on.selected()}#p(e){let n=this.#d(e.target),o=this.view[n];if(!o)return;let s=e.target.closest("[data-control]")?.dataset.control;if(s==="more"){this.on.menu(o,e.target.closest("button"));return}let{selection:i}=this,r=e.ctrlKey||e.metaKey;if(s==="name"&&!r&&!e.shiftKey){o.kind==="file"&&this.on.open(o);return}if(s!=="check"&&e.preventDefault(),e.pointerType==="touch"&&!s&&!i.size){this.on.open(o);return}this.#a(n),this.#u(()=>{e.shiftKey?i.extend(this.view,n):r||s==="check"||e.pointerType==="touch"?i.toggle(o):i.only(o)}),s||this.focus()}#f(e){let n=this.entryAt(e.target);if(!n)return;e.preventDefault(),this.selection.has(n)||this.#u(()=>this.selection.only(n));let o=e.clientX||e.clientY;this.on.menu(n,o?e:e.target)}#m(e){let{key:n,shiftKey:o}=e,s=e.ctrlKey||e.metaKey,i=this.view[this.active],r=e.target.classList.contains("row"),a=Math.max(1,Math.floor((this.scroller.clientHeight-this.body.offsetTop)/this.#t)-1),h=this.view.length-1,d={ArrowDown:this.active+1,ArrowUp:this.active-1,Home:0,End:h,PageDown:this.active+a,PageUp:this.active-a}[n];if(d!==void 0&&!e.altKey){let u=Math.max(0,Math.min(h,d));o&&this.selection.startAt(i),this.#a(u),o&&this.#u(()=>this.selection.extend(this.view,u)),this.focus()}else if(n===" "&&r)this.#u(()=>o?this.selection.extend(this.view,this.active):this.selection.toggle(i));else if(n==="Enter"&&r&&!s&&!e.altKey)this.on.open(i);else if(n==="F2"||n==="Delete"||n==="Backspace"&&e.metaKey)this.on.act(i,n==="F2"?"rename":"delete");else if(n==="ContextMenu"||n==="F10"&&o)this.#f(e);else if(n.length===1&&!s&&!e.altKey&&r&&!" /?".includes(n))this.#w(n);else return;e.preventDefault()}#w(e){let n=Date.now(),o=(n-this.#n.at>Js?"":this.#n.text)+e.toLowerCase();this.#n={text:o,at:n};let s=this.active+(o.length===1?1:0),r=[...this.view.slice(s),...this.view.slice(0,s)].find(a=>a.name.toLowerCase().startsWith(o));r&&this.goTo(r.name)&&this.focus()}};function ei(){let t={check:c("input",{type:"checkbox"}),icon:g("file"),size:c("div.size",{role:"gridcell"}),date:c("div.date",{role:"gridcell"}),more:c("button.plain",{"aria-haspopup":"menu"},g("more"))};t.check.dataset.control="check",t.more.dataset.control="more",t.name=c("div.name",{role:"rowheader"},t.icon);let e=c("div.row",{role:"row"},c("div.check",{role:"gridcell"},t.check),t.name,t.size,t.date,c("div.more",{role:"gridcell"},t.more));return e.parts=t,e}function ti(t,e,n){t.entry=e;let{parts:o}=t,s=e.kind==="directory",i=m(e.name),r=s?c("a",{href:n},O(e.name)):c("button",{},O(e.name));r.dataset.control="name",r.title=i,r.dir="auto";let a=o.label===document.activeElement&&o.label;o.label?.remove(),o.name.append(r),o.label=r,a&&r.focus({preventScroll:!0}),t.tabbed=void 0;let h=Ae(e);wt(o.icon,h),o.icon.setAttribute("class",`icon icon-${h}`),o.size.textContent=s?"":b(e.size),o.date.textContent=q(e.modified),o.check.setAttribute("aria-label",l("act.select",{name:i})),o.more.setAttribute("aria-label",l("act.more",{name:i}))}var oe=()=>{};function Je(t,e,n){oe();let o=document.activeElement,s=[],i=t.map(u=>{if(!u)return c("div.line",{role:"separator"});let f=c(`button${u.danger?".danger":""}`,{role:"menuitem",tabIndex:-1},g(u.icon),c("span",{},u.label),u.keys?c("kbd",{"aria-hidden":"true"},u.keys):null);return f.onclick=()=>{oe(),u.act()},s.push(f),f}),r=c("div.menu",{role:"menu","aria-label":n?.textContent??""},n?c("div.title",{"aria-hidden":"true"},n):null,...i),a=e instanceof Element&&e.matches("button")?e:null;a?.setAttribute("aria-expanded","true"),oe=()=>{oe=()=>{},a?.setAttribute("aria-expanded","false"),document.removeEventListener("pointerdown",d,!0),removeEventListener("resize",h),removeEventListener("hashchange",h);let u=r.contains(document.activeElement);r.remove(),u&&o?.isConnected&&o.focus()};let h=()=>oe(),d=u=>{r.contains(u.target)||oe()};r.onkeydown=u=>{u.stopPropagation();let f=s.indexOf(document.activeElement),p={ArrowDown:f+1,ArrowUp:f-1,Home:0,End:-1}[u.key];if(p!==void 0)s.at(p%s.length).focus();else if(u.key==="Escape"||u.key==="Tab")oe();else return;u.preventDefault()},r.oncontextmenu=u=>u.preventDefault(),document.addEventListener("pointerdown",d,!0),addEventListener("resize",h),addEventListener("hashchange",h),document.querySelector("main").append(r),ni(r,e),s[0].focus()}function ni(t,e){let{width:n,height:o}=t.getBoundingClientRect(),s=getComputedStyle(document.documentElement).direction==="rtl",i=e.clientX,r=e.clientY;if(e instanceof Element){let a=e.getBoundingClientRect();i=s?a.left:a.right-n,r=a.bottom+4,r+o>innerHeight-8&&(r=a.top-o-4)}else s&&(i-=n);t.style.left=`${Math.max(8,Math.min(i,innerWidth-n-8))}px`,t.style.top=`${Math.max(8,Math.min(r,innerHeight-o-8))}px`}function bo(t,e,{writable:n,does:o}){let[s]=t,i=t.length===1,r=t.every(({kind:h})=>h==="file"),a=(h,d,u,f,p=!1)=>({label:l(`act.${h}`),icon:d,act:u,keys:f,danger:p});Je([...i?[a(r?"view":"open",r?"file":"folder",()=>o.open(s),"Enter")]:[],...r?[a("download","download",()=>o.download(t))]:[],...n?[...i||r?[null]:[],...i?[a("rename","rename",()=>o.rename(s),"F2")]:[],a("move","move",()=>o.move(t)),a("delete","delete",()=>o.remove(t),"Del",!0)]:[]],e,i?O(s.name):document.createTextNode(l("act.selected",{count:t.length})))}function yo({reload:t,choose:e}){Ve.onclick=()=>Je([{label:l("app.reload"),icon:"reload",act:t},{label:l("app.help"),icon:"text",act:Xe,keys:"?"},...E()?[null,{label:l("app.signOut"),icon:"signOut",act:vt}]:[]],Ve),Y.upload.onclick=()=>Je([{label:l("act.chooseFiles"),icon:"file",act:()=>e(!1)},{label:l("act.chooseFolder"),icon:"folder",act:()=>e(!0)}],Y.upload)}var Ft="lambda-drive upload ",vo=()=>E()?new URL(".",document.baseURI).pathname:"",_t=({path:t,file:e,condition:n})=>Ft+JSON.stringify([vo(),t,e.size,e.lastModified,n]);function ko(t){let e=Eo(_t(t));return e&&e.expires>Date.now()?e.upload:null}function jt(t,e){let n={upload:t.upload,path:t.path,expires:Date.parse(e)||Date.now()};ze(()=>localStorage.setItem(_t(t),JSON.stringify(n)))}function Bt(t){ze(()=>localStorage.removeItem(_t(t)))}function xo(){let t=[],e=Ft+JSON.stringify([vo()]).slice(0,-1);for(let n of ze(()=>Object.keys(localStorage))??[]){if(!n.startsWith(Ft))continue;let o=Eo(n);!o||o.expires<=Date.now()?ze(()=>localStorage.removeItem(n)):n.startsWith(e)&&t.push(o.path)}return t}function Eo(t){let e=ze(()=>JSON.parse(localStorage.getItem(t)));return typeof e?.path=="string"&&typeof e.expires=="number"&&/^uploads\/[0-9A-Za-z]+$/.test(e.upload)?e:null}function ze(t){try{return t()}catch{return null}}var oi=/ Firefox\//.test(navigator.userAgent),To=/ Chrome\//.test(navigator.userAgent),V=class extends Error{},we=class extends V{};async function ge(t,e){let n;try{n=await t.arrayBuffer()}catch(o){throw new V(o.message)}if(n.byteLength!==e)throw new V(`${n.byteLength} bytes of ${e}`);return n}async function Qe(t){return globalThis.crypto.subtle?Ht(new Uint8Array(await crypto.subtle.digest("SHA-256",t))):null}function Ht(t){return btoa(String.fromCharCode(...t))}var et=class{#e=new Map;constructor(e){this.file=e}async read(e,n){let o=await ge(n,n.size),s=await Qe(o);return this.#e.set(e,[n.size,s]),{bytes:o,digest:s}}async check(e){if(!oi)return;for(let[o,[s,i]]of this.#e){if(await Qe(await ge(this.file.slice(o,o+s),s))!==i)throw new we(`another part at ${o}`);e()}let n=0;for await(let{byteLength:o}of this.file.stream())n+=o,e();if(n!==this.file.size)throw new we(`${n} bytes of ${this.file.size}`)}};var Oe=60,Wt=4,si=250,So=3,tt=class{#e=!1;#n=new Map;#t=new Set;#o="";constructor(e,n){this.queue=n,this.element=e,this.title=c("h2",{id:"transfers-title"}),this.facts=c("p.facts"),this.bar=c("progress",{max:1,value:0,"aria-label":l("transfer.all")}),this.hold=c("button",{onclick:()=>n.stopped?n.resumeAll():n.pauseAll()}),this.retry=c("button",{onclick:()=>n.retryAll()}),this.cancel=c("button",{onclick:()=>this.#a()},l("transfer.cancel")),this.fold=c("button.plain",{"aria-label":l("transfer.fold"),onclick:()=>this.#h()},g("sorted")),this.close=c("button.plain",{"aria-label":l("transfer.clear"),onclick:()=>this.#r()},g("close")),this.space=c("div.all",{role:"list"}),this.list=c("div.uploads",{tabIndex:0,role:"group","aria-labelledby":"transfers-title",onscroll:()=>this.#s()},this.space),e.classList.add("transfers"),e.setAttribute("role","region"),e.setAttribute("aria-labelledby","transfers-title"),e.append(c("div.top",{},c("div.text",{},this.title,this.facts),this.fold,this.close),this.bar,c("div.acts",{},this.hold,this.retry,this.cancel),this.list),this.#l(),this.#s()}update(){this.#e||(this.#e=!0,setTimeout(()=>requestAnimationFrame(()=>{this.#e=!1,this.#s()}),si))}busy(e){let n={text:e};return this.#t.add(n),this.update(),()=>{this.#t.delete(n),this.update()}}#s(){let{queue:e}=this,{length:n,by:o}=e;if(this.element.hidden=n+this.#t.size===0&&!this.reminder,this.element.hidden)return;let s=o.running.size+o.waiting.size+o.paused.size+o.asking.size;this.#i(s),this.bar.hidden=!s,this.bar.value=e.bytes?e.sent/e.bytes:ii(o)/(e.count||1),Le(this.hold,l(e.stopped?"transfer.resume":"transfer.pause")),this.hold.hidden=s===0,Le(this.retry,l("transfer.again",{count:o.failed.size})),this.retry.hidden=o.failed.size===0,this.cancel.hidden=s===0,this.fold.hidden=n===0,this.close.hidden=s+this.#t.size>0,this.#c(n),o.running.size&&this.update()}#i(e){let{queue:n}=this,{by:o}=n,[s]=this.#t,i=s?s.text:e?l(n.stopped?"transfer.paused":"transfer.running",{count:e}):l("transfer.done",{count:o.done.size}),r=[];if(e){r.push(l("transfer.of",{done:b(n.sent),all:b(n.bytes)}));let h=n.stopped?0:n.rate;h&&(r.push(l("transfer.rate",{size:b(h)})),r.push(l("transfer.left",{time:ai((n.bytes-n.sent)/h)})))}o.failed.size&&r.push(l("transfer.failed",{count:o.failed.size})),Le(this.title,i),Le(this.facts,r.join(" · "));let a=s||!n.length?"":`${e>0} ${n.stopped} ${o.failed.size>0}`;a!==this.#o&&a&&D([i,...r.slice(e?3:0)].join(". ")),this.#o=a}#c(e){if(this.list.hidden=e===0||this.element.classList.contains("folded"),this.list.hidden)return;this.space.style.height=`${e*Oe}px`;let n=Math.max(0,Math.floor(this.list.scrollTop/Oe)-Wt),o=this.list.clientHeight||Oe*Wt,s=Math.min(e,n+Math.ceil(o/Oe)+2*Wt),i=this.queue.window(n,s),r=new Set(i);for(let[a,h]of this.#n)r.has(a)||(h.element.remove(),this.#n.delete(a));i.forEach((a,h)=>{let d=this.#n.get(a);d||(d=new qt(a,this.queue),this.#n.set(a,d),this.space.append(d.element)),d.draw(n+h,e)})}#h(){this.element.classList.toggle("folded"),this.fold.setAttribute("aria-expanded",String(!this.element.classList.contains("folded"))),this.#s()}#r(){this.reminder?.remove(),this.reminder=null,this.queue.clear(),this.#s(),document.dispatchEvent(new CustomEvent("drive:focus"))}async#a(){let{running:e,waiting:n,paused:o,asking:s}=this.queue.by,i=e.size+n.size+o.size+s.size;await N({title:l("transfer.cancelTitle",{count:i}),body:l("transfer.cancelText"),choices:[{value:"cancel",label:l("transfer.cancelDo"),kind:"danger"}],cancel:l("transfer.keep")})&&await this.queue.cancelAll()}#l(){let e=xo();if(!e.length)return;let n=e.slice(0,So).map(m).join(", ")+(e.length>So?" …":"");this.reminder=c("p.reminder",{},l("transfer.unfinished",{count:e.length,names:n})),this.list.before(this.reminder)}},qt=class{constructor(e,n){Object.assign(this,{upload:e,queue:n,state:null,path:null}),this.name=c("div.path"),this.bar=c("progress",{max:1}),this.said=c("div.said"),this.hold=c("button.plain",{onclick:()=>this.#t()}),this.cancel=c("button.plain",{onclick:()=>n.cancel(e)},g("close")),this.element=c("div.upload",{role:"listitem"},c("div.text",{},this.name,this.bar,this.said),this.hold,this.cancel)}draw(e,n){let{upload:o,element:s}=this;s.style.transform=`translateY(${e*Oe}px)`,s.setAttribute("aria-posinset",e+1),s.setAttribute("aria-setsize",n),o.path!==this.path&&(this.path=o.path,this.name.replaceChildren(O(o.path)),this.name.title=m(o.path),this.bar.setAttribute("aria-label",m(o.path)));let{state:i,sent:r,file:a}=o;i!==this.state&&this.#e(i),this.bar.value=i==="done"?1:a.size?r/a.size:0,Le(this.said,this.#n())}#e(e){this.state=e,this.element.dataset.state=e;let n=m(this.upload.path),o={waiting:"pause",running:"pause",paused:"resume",failed:"again"}[e];this.hold.hidden=!o,o&&(this.hold.setAttribute("aria-label",l(`transfer.${o}One`,{name:n})),this.hold.replaceChildren(g(o==="again"?"reload":o))),this.cancel.hidden=["done","skipped","cancelled"].includes(e),this.cancel.setAttribute("aria-label",l("transfer.cancelOne",{name:n})),this.bar.hidden=e==="done"||e==="failed"}#n(){let{state:e,sent:n,file:o,error:s,trouble:i}=this.upload;if(s)return s instanceof V?l("transfer.changed"):x(s);if(i)return x(i);let r=b(o.size);if(e==="running"||e==="paused"){let a=l("transfer.of",{done:b(n),all:r});return e==="paused"?`${l("transfer.paused")} · ${a}`:a}return{waiting:l("transfer.waiting"),asking:l("transfer.asking")}[e]??r}#t(){let{queue:e,upload:n}=this;n.state==="paused"||n.state==="failed"?e.resume(n):e.pause(n)}};function ii(t){return t.done.size+t.skipped.size+t.cancelled.size}function Le(t,e){t.textContent!==e&&(t.textContent=e)}var ri=[["second",60],["minute",60],["hour",24],["day",1/0]];function ai(t){let e=Math.max(1,t);for(let[n,o]of ri){let s=Math.ceil(e);if(s<o||o===1/0)return new Intl.NumberFormat(X,{style:"unit",unit:n,unitDisplay:"long"}).format(s);e/=o}}var li=12e4,ci=16,Gt=1;function Kt(t,e){let n=Gt,o,s=()=>{clearTimeout(o),o=setTimeout(()=>{Gt=Math.max(Gt,n*2),e(new k("no answer"))},n*(li+t/ci))};return s(),{heard:s,end:()=>clearTimeout(o)}}async function Ce(t,e,n){let o=new AbortController,s=()=>o.abort(e.reason);e?.aborted&&s(),e?.addEventListener("abort",s);let i=Kt(t,r=>o.abort(r));try{return await n(o.signal)}finally{i.end(),e?.removeEventListener("abort",s)}}var Ie=256*1024,hi="application/vnd.lambda-drive.files",Mo=6,di=4,Ao=50,ui=10,fi=2*1024*1024,zo=Mo*Ao,be=new Set,nt=0,ot=0,Oo=!0,Yt=!1,{port1:pi,port2:mi}=new MessageChannel;pi.onmessage=wi;function Lo(t,{signal:e,moved:n,alone:o}){return new Promise((s,i)=>{e.throwIfAborted(),I(t.path);let r={item:t,signal:e,moved:n,alone:o,resolve:s,reject:i};be.add(r),e.addEventListener("abort",()=>{be.delete(r),i(e.reason)}),Vt()})}async function Co(t){ot++;try{return await t}finally{ot--,Vt()}}function Vt(){Yt||(Yt=!0,mi.postMessage(null))}function wi(){Yt=!1;let t=ot?Math.max(1,di-ot):Mo;for(;be.size&&nt<t;){let e=Math.ceil(be.size/(t-nt));nt++,bi(gi(Math.min(Ao,Math.max(ui,e)))).finally(()=>{nt--,Vt()})}}function gi(t){let e=[],n=new Set,o=0;for(let s of be){let{file:i,path:r}=s.item;if(o+=i.size,e.length&&(o>fi||n.has(r))||(be.delete(s),e.push(s),n.add(r),!Oo||e.length===t))break}return e}async function bi(t){let e=t.length>1?await vi(t):t,n=null;for(let{signal:o,alone:s,resolve:i,reject:r}of e)if(!o.aborted)try{if(n)throw n;i(await s())}catch(a){a instanceof k&&(n=a),r(a)}}async function yi(t){if(To)return t.map(n=>[n,n.item.file]);let e=await Promise.allSettled(t.map(({item:{file:n}})=>ge(n,n.size)));return t.flatMap((n,o)=>{let{value:s,reason:i}=e[o];return i&&n.reject(i),i||n.signal.aborted?[]:[[n,s]]})}async function vi(t){let e=await yi(t);if(!e.length)return[];let n=e.map(([h])=>h),o=new AbortController,s=n.length;for(let{signal:h}of n)h.addEventListener("abort",()=>{--s||o.abort(h.reason)});let i=JSON.stringify(n.map(({item:{path:h,file:d,condition:u}})=>({path:h,size:d.size,if_match:u["If-Match"],if_none_match:u["If-None-Match"]}))),r=new Blob([i,`
`,...e.map(([,h])=>h)]),a={"Content-Type":hi};try{let{files:h}=await Ce(r.size,o.signal,async d=>(await L("POST","files/",{headers:a,body:r,signal:d,retry:!1})).json());return n.filter((d,u)=>!ki(d,h[u]))}catch(h){let{status:d,type:u}=h;if(d===429||d===503&&u){for(let{reject:f}of n)f(h);return[]}return(d===404||d===405)&&(Oo=!1),n}}function ki({item:t,moved:e,resolve:n,reject:o},s){if(!s||s.status===412)return!1;if(s.status<300)e(t.file.size),n(s.etag);else{let{type:i,detail:r}=s.problem;o(new y(s.status,{type:i.split(":").pop(),detail:r,body:s.problem}))}return!0}var $e=4*1024*1024,Io={"Tus-Resumable":"1.0.0"};function $o(t,{signal:e,moved:n}){let{size:o}=t.file,s=()=>xi(t,{signal:e,moved:n});return o<=Ie?Lo(t,{signal:e,moved:n,alone:s}):Co(o>$e?Ti(t,{signal:e,moved:n}):s())}async function De(t){await t.beginning?.catch(()=>{});let{upload:e}=t;if(e){t.upload=t.parts=null,Bt(t);try{await L("DELETE",e,{headers:Io,safe:!0})}catch(n){if(!(n instanceof y||n instanceof k))throw n}}}async function xi(t,{signal:e,moved:n}){let o=await ge(t.file,t.file.size),s=await Qe(o),i={"Content-Type":"application/octet-stream",...t.condition};s&&(i["Content-Digest"]=`sha-256=:${s}:`);try{let r=await Ce(o.byteLength,e,a=>L("PUT",`files/${I(t.path)}`,{headers:i,body:Do(o),signal:a,retry:!1}));return n(o.byteLength),r.headers.get("ETag")}catch(r){if(r.status!==412||!s)throw r;let a=await Ei(t.path,o.byteLength,s);if(!a)throw r;return n(o.byteLength),a}}async function Ei(t,e,n){let o={"Want-Content-Digest":"sha-256=1"};try{if((await R(t)).size!==e)return null;let s=await L("GET",`files/${I(t)}`,{headers:o,cache:"no-store"});return await s.body?.cancel(),s.headers.get("Content-Digest")?.includes(`sha-256=:${n}:`)?s.headers.get("ETag"):null}catch(s){if(s.status===404)return null;throw s}}async function Ti(t,{signal:e,moved:n}){let o=await Li();for(;;){e.throwIfAborted(),t.upload??=ko(t),t.upload||(t.beginning=Si(t),await t.beginning.finally(()=>{t.beginning=null}),e.throwIfAborted());let s=await Mi(o,t,{signal:e,moved:n}).catch(async i=>{throw i instanceof we&&await De(t),i});if(Bt(t),t.upload=t.parts=null,s)return s}}async function Si(t){let e={...Io,...t.condition,"Upload-Length":String(t.file.size),"Upload-Metadata":`filename ${Ht(new TextEncoder().encode(t.path))}`},n=await Ce(0,null,o=>L("POST","uploads",{headers:e,signal:o,retry:!1}));t.upload=`uploads/${n.headers.get("Location").split("/").pop()}`,jt(t,n.headers.get("Upload-Expires"))}function Mi(t,e,{signal:n,moved:o}){return new Promise((s,i)=>{let r=(u,f)=>{d.end(),n.removeEventListener("abort",a),u(f)},a=()=>{h.abort(),r(i,n.reason)},h=new t.Upload(e.file,{uploadUrl:new URL(e.upload,document.baseURI).href,chunkSize:$e,retryDelays:null,fingerprint:async()=>null,httpStack:zi(t,e,{signal:n,heard:()=>d.heard()}),async onAfterResponse(u,f){if(d.heard(),f.getStatus()>=300)throw await Tt(Oi(f));jt(e,f.getHeader("Upload-Expires"))},onProgress(u){d.heard(),o(u)},onSuccess({lastResponse:u}){let f=u.getHeader("ETag");r(s,f??Ai(e))},onError(u){let f=u.causingError??u;if(f.status===404||f.status===410)return r(s,null);let p=f instanceof y||f instanceof V;r(i,p?f:new k(f.message))}}),d=Kt($e,u=>{h.abort(),r(i,u)});n.addEventListener("abort",a),h.start()})}async function Ai(t){try{let{etag:e,size:n}=await R(t.path);return n===t.file.size?e:null}catch(e){if(e.status===404)return null;throw e}}function zi(t,e,{signal:n,heard:o}){let s=new t.DefaultHttpStack;return e.parts??=new et(e.file),{getName:()=>"DriveStack",createRequest(i,r){let a=s.createRequest(i,r),h=a.send.bind(a);return a.send=async d=>{let u=Number(a.getHeader("Upload-Offset")),{bytes:f,digest:p}=d?await e.parts.read(u,d):{};return d&&u+d.size===e.file.size&&await e.parts.check(o),n.throwIfAborted(),e.sentToken=E(),e.sentToken&&a.setHeader("Authorization",`Bearer ${e.sentToken}`),p&&a.setHeader("Upload-Checksum",`sha256 ${p}`),h(f&&Do(f))},a}}}function Oi(t){return{status:t.getStatus(),headers:{get:e=>t.getHeader(e)??null},json:async()=>JSON.parse(t.getBody())}}var Xt=null;function Li(){return Xt??=new Promise((t,e)=>{let n=document.createElement("script");n.src="page/tus.js?v=8cbb1b63fccc3bba",n.onload=()=>t(window.tus),n.onerror=()=>{Xt=null,e(new k("page/tus.js?v=8cbb1b63fccc3bba"))},document.head.append(n)}),Xt}function Do(t){return new Blob([t])}var Ci=8,Ii=4,Po=1e3,$i=6e4,Di=6,Pi=8e3,Ni=new Set([408,429,503]),Ri=new Set(["internal","digest-mismatch","checksum-mismatch",""]),Ui=new Set(["busy","upload-locked","offset-conflict","maintenance","not-configured"]),ye=class{constructor(e,n,o){Object.assign(this,{file:e,path:n,condition:o,state:"",sent:0,trouble:null,error:null}),this.directory=n.slice(0,Math.max(n.lastIndexOf("/"),0)),this.upload=this.parts=this.beginning=this.control=this.sentToken=null}},Zt=["failed","asking","running","paused","waiting","done","skipped","cancelled"],No=new Set(["done","skipped","cancelled"]),st=class{constructor({changed:e,done:n,overtaken:o,full:s}){Object.assign(this,{changed:e,done:n,overtaken:o,full:s}),this.by=Object.fromEntries(Zt.map(i=>[i,new Set])),this.held=!1,this.#e(),kn(()=>this.#d())}#e(){for(let e of No)this.by[e].clear();this.bytes=this.sent=this.count=0;for(let e of this.by.failed)this.#n(e);this.samples=[]}#n(e){this.count++,this.bytes+=e.file.size,this.sent+=e.sent}get active(){let{running:e,waiting:n,asking:o,paused:s}=this.by;return e.size+n.size+o.size+s.size>0}get stopped(){let{running:e,waiting:n,paused:o}=this.by;return e.size===0&&o.size+n.size>0}add(e){this.active||this.#e();for(let n of e)this.#n(n),this.#t(n,n.error?"failed":"waiting");this.#i()}window(e,n){let o=[],s=0;for(let i of Zt){let{size:r}=this.by[i];if(s+r>e&&s<n){let a=s;for(let h of this.by[i]){if(a>=n)break;a++>=e&&o.push(h)}}s+=r}return o}get length(){return Zt.reduce((e,n)=>e+this.by[n].size,0)}pause(e){(e.state==="waiting"||e.state==="running")&&this.#s(e,"paused")}resume(e){e.state!=="paused"&&e.state!=="failed"||(this.#t(e,"waiting"),this.stopped&&(this.held=!1),this.#i())}cancel(e){if(!No.has(e.state))return this.#s(e,"cancelled"),this.#o(e,0),De(e)}skip(e){return this.#s(e,"skipped"),this.#o(e,0),De(e)}pauseAll(){this.held=!0;for(let e of[...this.by.running])this.pause(e);this.changed()}resumeAll(){this.held=!1;let e=[...this.by.waiting];for(let n of[...this.by.paused])this.#t(n,"waiting");for(let n of e)this.#t(n,"waiting");this.#i()}async cancelAll(){this.held=!1;let{waiting:e,running:n,paused:o,asking:s}=this.by;await Promise.all([e,o,s,n].flatMap(i=>[...i]).map(i=>this.cancel(i)))}clear(){this.by.failed.clear(),this.#e(),this.changed()}retryAll(){this.held=!1;for(let e of[...this.by.failed])this.#t(e,"waiting");this.#i()}async goOn(e,n,o=e.path){await De(e),Object.assign(e,{condition:n,path:o}),this.#o(e,0),e.state==="asking"&&this.#t(e,"waiting"),this.#i()}get rate(){let e=performance.now();this.samples=this.samples.filter(([s])=>e-s<Pi),this.samples.push([e,this.sent]);let[[n,o]]=this.samples;return e-n<500?0:Math.max(0,(this.sent-o)/(e-n)*1e3)}#t(e,n){this.by[e.state]?.delete(e),e.state=n,n!=="failed"&&(e.error=null),e.trouble=null,this.by[n].add(e),this.changed()}#o(e,n){this.sent+=n-e.sent,e.sent=n,this.changed()}#s(e,n){let{control:o}=e;e.control=null,this.#t(e,n),o?.abort(new DOMException("stopped","AbortError")),this.#i()}#i(){let{waiting:e}=this.by;for(;!this.held&&e.size;){let[n]=e;if(!this.#c(n))break;this.#h(n)}}#c({file:e}){let{running:n}=this.by;if(e.size<=Ie)return n.size<zo;let o=[...n].map(i=>i.file.size).filter(i=>i>Ie),s=[e.size,...o].some(i=>i>$e);return o.length<(s?Ii:Ci)}async#h(e){this.#t(e,"running");let n=e.control=new AbortController;try{if(e.etag=await this.#a(e,n.signal),e.control!==n)return;e.control=null,this.#o(e,e.file.size),this.#t(e,"done"),this.done(e)}catch(o){if(n.signal.aborted||e.control!==n)return;e.control=null,this.#r(e,o)}this.#i()}#r(e,n){if(n.status===412&&n.type==="precondition-failed"){this.#t(e,"asking"),this.overtaken(e);return}e.error=n,this.#t(e,"failed"),(n.type==="no-space"||n.status===507)&&(this.pauseAll(),this.full(n))}async#a(e,n){let o=Po;for(let s=1;;s++){let i=e.sent;try{let r=await this.#l(e,n);return ne(null),r}catch(r){if(n.throwIfAborted(),e.sent>i&&([s,o]=[1,Po]),r.status===401){await le(e.sentToken);continue}if(!Fi(r,s))throw r;e.trouble=r,ne(r),this.changed(),await ce(Math.max((r.retryAfter??0)*1e3,o*(.5+Math.random())),n),o=Math.min(o*2,$i)}}}async#l(e,n){let o=e.attempt=new AbortController,s=()=>o.abort(n.reason);n.addEventListener("abort",s);let i=r=>{n.aborted||(e.trouble=null,this.#o(e,r))};e.sentToken=E();try{return await $o(e,{signal:o.signal,moved:i})}finally{n.removeEventListener("abort",s)}}#d(){for(let e of this.by.running)e.attempt?.abort(new k("the machine slept"))}};function Fi(t,e){return t instanceof k?!0:t instanceof y?Ni.has(t.status)||Ui.has(t.type)?t.body.status!=="fail":Ri.has(t.type)&&(t.status>=500||t.type!=="")&&e<Di:!1}async function Ro(t,e,n){let s=[...t.items].filter(({kind:r})=>r==="file").map(r=>r.webkitGetAsEntry?.()??r.getAsFile()).filter(Boolean),i={files:[],directories:[]};for(let r of s)await Fo(r,_o(e,r.name),i,n);return i}function Uo(t,e){return[...t].map(n=>({file:n,path:_o(e,n.webkitRelativePath||n.name)}))}async function Fo(t,e,n,o){if(t instanceof File){n.files.push({file:t,path:e});return}try{if(t.isFile){n.files.push({file:await new Promise((i,r)=>t.file(i,r)),path:e});return}let s=!0;for await(let i of _i(t))s=!1,await Fo(i,`${e}/${i.name}`,n,o);s&&n.directories.push(e)}catch(s){o(e,s)}}async function*_i(t){let e=t.createReader();for(;;){let n=await new Promise((o,s)=>e.readEntries(o,s));if(!n.length)return;yield*n}}function _o(t,e){return t?`${t}/${e}`:e}var ji=2e3,it=null,rt=new Set,jo=null,Jt=new Set,Qt=null,F=new st({changed:()=>it?.update(),done:t=>Ho(t.directory),overtaken:t=>{rt.add(t),jo??=qi().finally(()=>{jo=null})},full:t=>U(x(t),{kind:"wrong"})});addEventListener("beforeunload",t=>{F.active&&t.preventDefault()});var Q={mount(t){it=new tt(t,F)},async add(t,{known:e=new Map,directories:n=[]}={}){let o=it?.busy(l("transfer.looking"));try{let{access:s,max_file_bytes:i}=await Fe();if(s==="read-only")throw new y(403,{type:"read-only"});let r=Bi(F.active,t);F.add(Wi(await Hi(r,e),i??1/0));for(let a of n)await J(a),Ho(M(a))}catch(s){U(x(s),{kind:"wrong"})}finally{o?.()}},async fromDrop(t,e,{known:n}={}){let o=it?.busy(l("transfer.reading")),s=[];try{let i=Ro(t,e,(h,d)=>s.push(l("error.failedFor",{name:m(h),why:d.message}))),{files:r,directories:a}=await i;await Q.add(r,{known:n,directories:a})}finally{o?.()}s.length&&U(l("transfer.unreadable"),{kind:"wrong",details:s})},fromInput(t,e,{known:n}={}){let o=Uo(t.files,e);return t.value="",Q.add(o,{known:n})},get active(){return F.active}};function Bi(t,e){if(!t)return e;let n=({file:h,path:d})=>`${h.size} ${h.lastModified} ${d}`,{running:o,waiting:s,paused:i,asking:r}=F.by,a=new Set([o,s,i,r].flatMap(h=>[...h].map(n)));return e.filter(h=>!a.has(n(h)))}async function Hi(t,e){let n=await Pn(t.map(({path:r})=>r),e),o=t.filter(({path:r})=>n.get(r)?.kind==="file").map(r=>({...r,entry:n.get(r.path)})),s=o.length?await Lt(o):"skip",i=new Set(t.map(({path:r})=>r));return t.flatMap(({file:r,path:a})=>{let h=n.get(a);if(h?.kind!=="file")return[new ye(r,a,ue)];if(s==="skip")return[];if(s==="replace")return[new ye(r,a,{"If-Match":h.etag})];let d=fe(a,u=>n.has(u)||i.has(u));return i.add(d),[Object.assign(new ye(r,d,ue),{both:!0})]})}function Wi(t,e){for(let n of t){if(n.file.size<=e)continue;let o=l("transfer.tooLarge",{size:b(n.file.size),largest:b(e)});n.error=Object.assign(new Error(o),{final:!0})}return t}async function qi(){for(;rt.size;){let t=[...rt];rt.clear();let e=[];for(let o of t){if(o.state!=="asking")continue;let s=await Nn(o.path);o.both&&s?await F.goOn(o,ue,fe(o.path,i=>i===o.path)):s?e.push({upload:o,path:o.path,file:o.file,entry:s}):await F.goOn(o,ue)}if(!e.length)continue;let n=await Lt(e,{overtaken:!0});for(let{upload:o,path:s,entry:i}of e)o.state==="asking"&&(n==="skip"?await F.skip(o):n==="replace"?await F.goOn(o,{"If-Match":i.etag}):(o.both=!0,await F.goOn(o,ue,fe(s,r=>r===s))))}}function Ho(t){for(let e=t;Jt.add(e),!!e;e=M(e));Qt??=setTimeout(Bo,ji),F.active||Bo()}function Bo(){clearTimeout(Qt),Qt=null;let t=[...Jt];Jt.clear();for(let e of t)document.dispatchEvent(new CustomEvent("drive:changed",{detail:{directory:e}}))}function qo({place:t,hover:e}){let n=s=>s.dataTransfer?.types.includes("Files"),o=null;document.addEventListener("dragenter",s=>{o=s.target}),document.addEventListener("dragover",s=>{if(!n(s))return;s.preventDefault();let i=t(s.target);s.dataTransfer.dropEffect=i?"copy":"none",e(i?i.directory:null)}),document.addEventListener("dragleave",s=>{s.target===o&&e(null)}),document.addEventListener("drop",s=>{if(!n(s))return;s.preventDefault(),e(null);let i=t(s.target);i&&Q.fromDrop(s.dataTransfer,i.directory,i)}),document.addEventListener("paste",s=>{let i=s.target.closest("input, dialog")?null:t(s.target);!i||!s.clipboardData.files.length||(s.preventDefault(),Q.fromDrop(s.clipboardData,i.directory,i))})}var Wo=null;function en(t,e){Wo?.remove();let n=Wo=c("input",{type:"file",multiple:!0,webkitdirectory:e,hidden:!0});n.onchange=()=>Q.fromInput(n,t.directory,t),document.body.append(n),n.click()}var Gi=256*1024,Go=/\.(7z|bz2|exe|gz|heic|jar|parquet|rar|rtf|docx?|pptx?|so|tar|tgz|tiff?|xlsx?|xz|zip|zst)$/i,Ko={picture:"img",audio:"audio",video:"video"},Yo={open(t,e,n=[e]){let o=n.map(s=>({path:T(M(t),s.name),entry:s}));return new Promise(s=>new tn({path:t,entry:e},o,s))}},tn=class{#e=null;constructor(e,n,o){this.siblings=n,this.at=Math.max(0,n.findIndex(({path:i})=>i===e.path)),this.before=document.activeElement,this.title=c("h2",{id:"preview-title"}),this.facts=c("p.facts"),this.stage=c("div.stage");let s=(i,r,a)=>c("button.plain",{"aria-label":l(`preview.${i}`),title:l(`preview.${i}`),onclick:a},g(r));this.previous=s("previous","previous",()=>this.#t(-1)),this.next=s("next","next",()=>this.#t(1)),this.close=s("close","close",()=>this.dialog.close()),this.dialog=c("dialog.preview",{"aria-labelledby":"preview-title"},c("div.top",{},c("div.text",{},this.title,this.facts),this.previous,this.next,s("download","download",()=>Ee.save(this.file.path,this.file.entry)),this.close),this.stage),this.dialog.onkeydown=i=>this.#n(i),this.dialog.onclose=()=>{this.#e?.abort(),this.dialog.remove(),this.before?.isConnected&&this.before.focus(),o()},this.previous.hidden=this.next.hidden=n.length<2,document.body.append(this.dialog),this.dialog.showModal(),this.close.focus(),this.#o(n[this.at]??e)}#n(e){if(e.stopPropagation(),e.defaultPrevented||e.altKey||e.ctrlKey||e.metaKey||e.target.closest("audio, video"))return;let n=getComputedStyle(this.dialog).direction==="rtl"?-1:1,o={ArrowLeft:-n,ArrowRight:n}[e.key];o&&(e.preventDefault(),this.#t(o))}#t(e){let{length:n}=this.siblings;this.at=(this.at+e+n)%n,this.#o(this.siblings[this.at])}async#o(e){this.#e?.abort();let n=this.#e=new AbortController,{signal:o}=n;this.file=e;let{path:s,entry:i}=e;this.title.replaceChildren(O(i.name)),this.title.title=m(s);let r=[b(i.size),q(i.modified)];this.siblings.length>1&&r.push(l("preview.of",{at:this.at+1,all:this.siblings.length})),this.facts.textContent=r.filter(Boolean).join(" · "),D(`${m(i.name)}. ${r.join(", ")}`),this.#l(c("p.facts",{},l("preview.loading"))),this.stage.setAttribute("aria-busy","true");try{let a=await this.#s(e,o);o.aborted||this.#l(a)}catch(a){o.aborted||this.#a(x(a))}finally{o.aborted||this.stage.removeAttribute("aria-busy")}}async#s({path:e,entry:n},o){let s=Ae({...n,kind:"file"});return/\.pdf$/i.test(e)?navigator.pdfViewerEnabled===!1?this.#r(l("preview.noPdf")):this.#i("iframe",{path:e,entry:n},o):Ko[s]&&!Go.test(e)?this.#i(Ko[s],{path:e,entry:n},o):s==="archive"||Go.test(e)?this.#r(l("preview.noPreview")):this.#h({path:e,entry:n},o)}async#i(e,{path:n,entry:o},s){let i=await this.#c(e,{path:n,entry:o},s);if(!i)return this.#r(l("preview.noPreview"));let r=c(e);return e==="img"?r.alt=m(o.name):e==="iframe"?r.title=m(o.name):(r.controls=!0,r.preload="metadata",r.setAttribute("aria-label",m(o.name))),r.onerror=()=>{s.aborted||this.#a(l("preview.unshown"))},s.addEventListener("abort",()=>{r.onerror=null,r.removeAttribute("src"),e!=="img"&&e!=="iframe"&&r.load(),i.release()}),r.src=i.url,r}async#c(e,{path:n,entry:o},s){let i=await xe(n);if(i)return i;if(e==="iframe"||o.size>Ke)return null;let r=URL.createObjectURL(await Dt(n,{signal:s}));return{url:r,release:()=>URL.revokeObjectURL(r)}}async#h({path:e,entry:n},o){if(!n.size)return c("pre",{},"");let s={Range:`bytes=0-${Gi-1}`},i=await L("GET",`files/${I(e)}`,{headers:s,signal:o,cache:"no-store"}),r=new Uint8Array(await i.arrayBuffer());if(r.includes(0))return this.#r(l("preview.noPreview"));let a=Number(i.headers.get("X-File-Size")??r.length),h=new TextDecoder().decode(r,{stream:r.length<a}),d=c("pre",{tabIndex:0,dir:"auto",role:"region","aria-label":m(n.name)},h),u=r.length<a&&l("preview.cut",{size:b(r.length),all:b(a)});return u?[c("p.facts",{},u),d]:d}#r(e){let{path:n,entry:o}=this.file;return c("div.nothing",{},g(Ae({...o,kind:"file"})),c("p",{},e),c("button.primary",{onclick:()=>Ee.save(n,o)},l("preview.download")))}#a(e){this.#l(this.#r(e))}#l(e){this.stage.replaceChildren(...[e].flat()),this.dialog.contains(document.activeElement)||this.close.focus()}};var Vo=1e3,Ki=3e4;function lt(t){return t instanceof k||t instanceof y&&(t.status===429||t.status>=500)&&t.status!==507}var at=class{#e=null;#n=!1;#t=Vo;#o=new AbortController;constructor(e){this.attempt=e}async begin(e){if(this.#e=e,!this.#n){for(this.#n=!0;this.#e;){this.#o=new AbortController;let n=Math.max((this.#e.retryAfter??0)*1e3,this.#t*(.5+Math.random()/2));await ce(n,this.#o.signal).catch(()=>{}),this.#t=Math.min(this.#t*2,Ki),this.#e&&await this.#s()}this.#n=!1}}now(){this.#n?this.#o.abort():this.#s()}over(){this.#e=null,this.#t=Vo,this.#o.abort()}async#s(){try{await this.attempt()}catch(e){this.#e=lt(e)?e:null}}};var ct=class{#e=new Set;#n=null;get size(){return this.#e.size}has(e){return this.#e.has(e.name)}of(e){return e.filter(n=>this.has(n))}only(e){this.#e=new Set([e.name]),this.#n=e.name}toggle(e){this.#e.delete(e.name)||this.#e.add(e.name),this.#n=e.name}extend(e,n){let o=Math.max(e.findIndex(s=>s.name===this.#n),0);this.#n??=e[o].name,this.#e=new Set(e.slice(Math.min(o,n),Math.max(o,n)+1).map(({name:s})=>s))}startAt(e){this.size||(this.#n=e.name)}all(e){this.#e=new Set(e.map(({name:n})=>n))}clear(){this.#e.clear()}keepOf(e){let n=new Set(e.map(({name:o})=>o));for(let o of this.#e)n.has(o)||this.#e.delete(o)}};var ht=class{#e=null;#n=null;constructor(e,n){this.folder=n,this.count=c("span"),this.bar=c("progress",{hidden:!0,"aria-label":l("list.loading")}),this.stop=c("button.plain.strong",{hidden:!0,onclick:()=>this.#e?.abort()},l("act.stop")),this.rest=c("button.plain.strong",{hidden:!0,onclick:()=>this.#o()},l("list.loadRest")),e.append(this.count,this.bar,this.stop,this.rest)}get text(){return this.count.textContent}async sort(e,n){this.#n={by:e,descending:n},this.folder().complete?await this.#t():await this.#o()}async search(e){let n=this.folder();await n.search(e),D(this.text),e&&!n.complete&&await this.#o()}async#t(){let e=this.#n;this.#n=null,e&&await this.folder().sort(e.by,e.descending)}async#o(){if(this.#e)return;let e=this.folder(),n=this.#e=new AbortController;e.leaving.signal.addEventListener("abort",()=>n.abort()),this.tell();try{await e.all(()=>this.tell(),n.signal)}catch(s){e===this.folder()&&D(x(s))}this.#e=null,e===this.folder()?await this.#t():this.#n=null;let o=this.stop===document.activeElement||this.rest===document.activeElement;this.tell(),o&&document.activeElement?.hidden!==!1&&document.dispatchEvent(new CustomEvent("drive:focus")),D(this.text)}tell(){let{complete:e,entries:n,order:o,query:s,view:i}=this.folder(),r=this.#e!==null,a=n.length,h=s?l("list.found",{count:i.length}):l(e?"list.count":"list.countLoaded",{count:a}),d=!e&&(s||o.by);this.count.textContent=r?l("list.loadingAll",{count:a}):d?`${h}. ${l("list.partly")}`:a||s?h:"",this.bar.hidden=this.stop.hidden=!r,this.rest.hidden=!d||r}};var Ne=t=>`#/${t.split("/").map(encodeURIComponent).join("/")}`;function Xo(){try{return location.hash.replace(/^#?\/*/,"").replace(/\/+$/,"").split("/").map(decodeURIComponent).join("/")}catch{return""}}var w={folder:new Te("",()=>{}),keepsVersions:!0,writable:!0,async patch(t,e,n){w.folder.path===t&&(await w.folder.patch(e),n!==void 0&&_.goTo(n)&&_.focus())},async reload(t=w.folder.path){if(!(w.folder.path!==t||B)){if(nn){ut=!0;return}nn=!0;try{do ut=!1,await w.folder.reload();while(ut)}catch(e){w.folder.leaving.signal.aborted||ss(e)}finally{nn=ut=!1}}},changed(){sn()&&ee(),pt().catch(()=>{})}};w.folder.complete=!0;var j=new ct,W=new qe(w),Pe=new Map,Zo=!0,B=null,ns=null,dt=null,nn=!1,ut=!1,Jo=null,_=new Ze(me,j,{address:t=>Ne(T(w.folder.path,t.name)),open:Qo,menu:(t,e)=>bo(se(t),e,{writable:w.writable,does:{open:Qo,download:is,rename:n=>W.rename(n),move:n=>W.move(n),remove:n=>W.remove(n)}}),more:()=>{B||w.folder.more().catch(()=>{})},selected:ie,sort(t){let{order:e}=w.folder;Re.sort(t,e.by===t&&!e.descending)},act(t,e){w.writable&&(e==="rename"?W.rename(t):W.remove(se(t)))}}),Re=new ht(Nt,()=>w.folder),ft=new at(()=>B?on(w.folder.path):pt());function os(){let{folder:t}=w;j.keepOf(t.entries),uo();let e=m(S(t.path))||l("app.root"),n=_.show(t.view,{complete:t.complete,order:t.order,label:l("list.label",{name:e})});!t.view.length&&t.complete&&Yi(),n&&ee(),ie(),Re.tell()}function Yi(){w.folder.query?Me("search",l("list.none",{query:m(w.folder.query)})):w.writable?Me("upload",l("list.empty"),l("list.emptyText"),[[l("act.chooseFiles"),()=>en(rn(),!1),!0],[l("act.newFolder"),()=>W.makeFolder()]]):Me("folder",l("list.empty"))}function sn(){let{activeElement:t,body:e}=document;return t===e||!t.getClientRects().length}function ee(){_.view.length?_.focus():K.focus()}async function on(t){dt?.leaving.abort();let e=dt=new Te(t,()=>{w.folder===e&&os()});document.body.setAttribute("aria-busy","true"),lo(t,Ne);let n=null;try{await e.start()}catch(o){n=o}if(dt===e){if(document.body.setAttribute("aria-busy","false"),dt=null,n instanceof y&&n.status===409&&t){Pe.set(M(t),{name:S(t),top:0}),location.replace(Ne(M(t)));return}Vi(e,n)}}function Vi(t,e){let n=w.folder;B!==null&&n.path===t.path||Xi(n,t),w.folder=t,B=null;let s=m(S(t.path));if(document.title=s?`${s} - ${l("app.brand")}`:l("app.brand"),e){ss(e);return}mt();let i=Pe.get(t.path);_.enter(i?.name,i?.top??0,t.view),os(),!Zo&&[document.body,K].includes(document.activeElement)&&ee(),Zo=!1,D(`${s||l("app.root")}, ${Re.text}`)}function Xi(t,e){t.leaving.abort(),Pe.set(t.path,{name:_.view[_.active]?.name,top:me.scrollTop}),t.path&&M(t.path)===e.path&&Pe.set(e.path,{...Pe.get(e.path),name:S(t.path)}),j.clear(),H.value=""}function ss(t){let{folder:e}=w;if(lt(t)&&e.view.length)return;B=t,e.entries=[],e.complete=!0,e.view=[],_.show([],{complete:!0,order:e.order,label:l("app.root")});let n=t.status===404||t.status===400;Me(n?"folder":"warning",n?l("error.folderGone"):x(t),"",[n?[l("app.root"),()=>{location.hash="#/"},!0]:[l("error.again"),()=>ft.now(),!0]]),ie(),Re.tell(),sn()&&K.focus(),D(K.textContent),mt()}function mt(){let t=B??he.now??ns;Dn(B?null:t),t&&lt(t)?ft.begin(t):ft.over()}async function pt(){let t=await Fe();w.writable=t.access!=="read-only",w.keepsVersions=t.trash_days>0,co(t.used_bytes,t.max_drive_bytes),ie(),ns=t.status==="fail"?new y(503,{type:"unhealthy",detail:t.reason}):null,mt()}function ie(){let t=j.size>0&&se().every(({kind:n})=>n==="file"),e=document.activeElement!==document.body;ho(j.size,{files:t,writable:w.writable,failed:B!==null}),e&&sn()&&ee()}function se(t){return!t||j.has(t)?j.of(w.folder.view):[t]}function rn(){let{path:t,entries:e}=w.folder;return{directory:t,known:new Map(e.map(n=>[T(t,n.name),n]))}}function Qo(t){let e=T(w.folder.path,t.name);t.kind==="directory"?location.hash=Ne(e):Yo.open(e,t,w.folder.view.filter(({kind:n})=>n==="file"))}function is(t){for(let e of t)Ee.save(T(w.folder.path,e.name),e)}function Zi(){j.all(w.folder.view),_.render(),ie(),ee()}function es(){return j.size?(j.clear(),_.render(),ie(),ee(),!0):!1}function Ji(){w.folder.path&&(location.hash=Ne(M(w.folder.path)))}function ts(t){H.value=t,j.clear(),Re.search(t.trim())}function Qi(t){fo(t===null?null:m(S(t))||l("app.root"))}function er(t){if(!w.writable||B||document.querySelector("dialog"))return null;let e=_.entryAt(t);return e?.kind==="directory"?{directory:T(w.folder.path,e.name)}:rn()}function tr(){document.documentElement.lang=fn,document.title=l("app.brand"),ao(),Q.mount(Rt),mo(),yt(t=>{t===null&&location.reload()}),he.onchange=mt,addEventListener("offline",()=>ne(new k("offline"))),addEventListener("hashchange",()=>on(Xo())),wo({clear:es,focusList:ee,search:ts,selectAll:Zi,up:Ji}),document.addEventListener("drive:focus",ee),document.addEventListener("drive:changed",({detail:t})=>{w.reload(t.directory),Jo??=pt().catch(()=>{}).finally(()=>{Jo=null})}),qo({place:er,hover:Qi}),H.oninput=()=>ts(H.value),yo({choose:t=>en(rn(),t),reload:()=>B?ft.now():w.reload()}),Y.newFolder.onclick=()=>W.makeFolder(),A.clear.onclick=es,A.download.onclick=()=>is(se()),A.rename.onclick=()=>W.rename(se()[0]),A.move.onclick=()=>W.move(se()),A.delete.onclick=()=>W.remove(se()),ie(),pt().catch(()=>{}),on(Xo())}tr();
