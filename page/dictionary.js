// The words of the page, by room: a key, the English, the Traditional Chinese. A number that is `count`
// chooses between the two sides of a |. transfer-words.js has those of uploads, downloads, previews.

export const DICTIONARY = `
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
error.page
  The page itself has failed. Load it again.
  這個頁面發生錯誤，請重新載入頁面。
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
`
