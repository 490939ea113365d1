function c(t,e={},...n){let[o,...s]=t.split("."),i=document.createElement(o);o==="button"&&(i.type="button"),s.length&&(i.className=s.join(" "));for(let[r,l]of Object.entries(e))r.includes("-")||r==="role"?i.setAttribute(r,l):i[r]=l;return i.append(...n.flat().filter(r=>r!=null)),i}function O(t){return c("bdi",{},m(t))}function m(t){return t.replace(/[\0-\x1f]/g,e=>String.fromCharCode(9216+e.charCodeAt(0))).replace(/\x7f/g,"␡").replace(/[\x80-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,e=>`[U+${e.charCodeAt(0).toString(16).toUpperCase().padStart(4,"0")}]`)}var Gt="http://www.w3.org/2000/svg",qo={archive:"M4 4h16v4H4zM5.5 8v12h13V8M10 12h4",audio:"M9 18V5l11-2v13M9 18a3 2 0 1 1-6 0 3 2 0 0 1 6 0ZM20 16a3 2 0 1 1-6 0 3 2 0 0 1 6 0Z",close:"M6 6l12 12M18 6L6 18",delete:"M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5",download:"M12 4v11M7 11l5 5 5-5M5 20h14",file:"M6 3h8l5 5v13H6zM14 3v5h5",folder:"M3 6v13h18V8h-9l-2-2z",more:"M12 6v.01M12 12v.01M12 18v.01",move:"M3 6v13h18V8h-9l-2-2zM8 13.5h7M12.5 11l2.5 2.5-2.5 2.5",newFolder:"M3 6v13h18V8h-9l-2-2zM12 11v5M9.5 13.5h5",next:"M9 5l7 7-7 7",pause:"M8.5 5v14M15.5 5v14",picture:"M4 5h16v14H4zM4 16l5-5 8 8M14 15l2-2 4 4M15 9v.01",previous:"M15 5l-7 7 7 7",reload:"M19 12a7 7 0 1 1-2-5M19 3v5h-5",rename:"M4 20h4L19 9l-4-4L4 16zM13 7l4 4",resume:"M8 5l11 7-11 7z",search:"M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM15 15l6 6",signOut:"M14 4H5v16h9M10 12h10M16 8l4 4-4 4",sorted:"M12 19V5M6 11l6-6 6 6",text:"M6 3h8l5 5v13H6zM14 3v5h5M9 13h7M9 17h4",upload:"M12 16V5M7 9l5-5 5 5M5 20h14",video:"M4 6h11v12H4zM15 10l5-3v10l-5-3",warning:"M12 4L3 20h18zM12 10v4M12 17v.1"};function w(t){let e=document.createElementNS(Gt,"svg");return e.setAttribute("viewBox","0 0 24 24"),e.setAttribute("aria-hidden","true"),e.setAttribute("class",`icon icon-${t}`),at(e,t),e}function at(t,e){(t.firstChild??t.appendChild(document.createElementNS(Gt,"path"))).setAttribute("d",qo[e])}var Yt=`
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
  You have no right to do this. Ask the owner of the drive.
  你沒有這項操作的權限，請聯絡雲端硬碟的擁有者。
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
`;var Vt=`
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
`;var Ce=(navigator.languages??[navigator.language]).flatMap(t=>{try{return[new Intl.Locale(t).maximize()]}catch{return[]}}).find(({language:t,script:e})=>t==="en"||t==="zh"&&e==="Hant"),Xt=Ce?.language==="zh",Zt=new Map;for(let[,t,e,n]of(Yt+Vt).matchAll(/(.+)\n {2}(.+)\n {2}(.+)/g))Zt.set(t,(Xt?n:e).split(" | "));var Jt=Xt?"zh-Hant":"en",V=Ce?new Intl.Locale(Ce.language,{region:Ce.region}).toString():"en",Ko=new Intl.PluralRules(V),Go=new Intl.NumberFormat(V),Yo=/[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;function a(t,e={}){let n=Zt.get(t);if(!n)throw new Error(`no words for ${t}`);return(n.length>1&&Ko.select(e.count)==="one"?n[0]:n.at(-1)).replace(/\{(\w+)\}/g,(s,i)=>{let r=e[i];return typeof r=="number"?Go.format(r):Yo.test(r)?`⁨${r}⁩`:r})}var Qt=["kilobyte","megabyte","gigabyte","terabyte","petabyte"],Vo=Qt.map(t=>new Intl.NumberFormat(V,{style:"unit",unit:t,maximumSignificantDigits:3})),Xo=new Intl.DateTimeFormat(V,{dateStyle:"medium",timeStyle:"short"});function b(t){if(t<1e3)return a("list.bytes",{count:t});let e=0;for(t/=1e3;t>=999.5&&e<Qt.length-1;)t/=1e3,e++;return Vo[e].format(t)}function q(t){let e=new Date(t);return Number.isNaN(e.getTime())?"":Xo.format(e)}var Zo=0;function N(t){let{title:e,body:n=[],choices:o=[],input:s,option:i,cancel:r,cancelValue:l,stays:h,signal:d}=t,u=`dialog-${++Zo}`,p=s&&Jo(s,u),f=i?c("input",{type:"checkbox"}):null,v=c("button",{},r??a("dialog.cancel")),I=o.map(({label:z,kind:P="",value:L})=>c(`button${P?`.${P}`:""}`,{value:L},z)),re=c("form",{noValidate:!0},c("h2",{id:u},e),...[n].flat().map(z=>typeof z=="string"?c("p",{},z):z),p?.row,f&&c("label.tick",{},f,i),c("div.buttons",{},h?null:v,...[...I].reverse()));return we(re,u,{signal:d,stays:h,start(z){let P=ee=>{p?.wrong()||z({choice:ee,value:p?.input.value,option:!!f?.checked})};v.onclick=()=>l===void 0?z(null):P(l);for(let ee of I)ee.onclick=()=>P(ee.value);re.onsubmit=ee=>{ee.preventDefault(),P(o[0].value)};let L=I.find((ee,Kt)=>o[Kt].kind!=="danger")??v;(p?.input??L).focus(),p&&s.select&&p.input.setSelectionRange(...s.select)}})}function Jo({label:t,value:e="",check:n=()=>"",type:o="text"},s){let i=c("p.wrong",{id:`${s}-wrong`,role:"alert"}),r=c("input",{type:o,value:e,autocomplete:"off",spellcheck:!1,dir:"auto","aria-describedby":i.id}),l=()=>(i.textContent=n(r.value)||"",r.setAttribute("aria-invalid",!!i.textContent),i.textContent&&r.focus(),i.textContent);return r.oninput=()=>{i.textContent&&l()},{row:c("div.field",{},c("label",{},t,r),i),input:r,wrong:l}}function we(t,e,{start:n,signal:o,stays:s=!1}={}){return new Promise(i=>{let r=document.activeElement,l=c("dialog",{"aria-labelledby":e},t),h=null,d=u=>{h=u,l.close()};l.onclose=()=>{l.remove(),r?.isConnected&&r.focus(),i(h)},l.oncancel=u=>{s&&u.preventDefault()},l.onpointerdown=u=>{u.target===l&&!s&&!l.querySelector("input:not([type=checkbox])")&&d(null)},l.onkeydown=u=>u.stopPropagation(),o?.addEventListener("abort",()=>d(null)),document.body.append(l),l.showModal(),n?.(d)})}var en=new URL(".",document.baseURI).pathname,ct=`lambda-drive token ${en}`,Qo=300,ae=new BroadcastChannel(`lambda-drive ${en}`),tn=new Set,nn=null,lt=null;ae.onmessage=({data:t})=>{let e=T();t.ask&&e&&ae.postMessage({token:e}),t.out&&e&&ut(null)};function T(){return sessionStorage.getItem(ct)}function ht(t){tn.add(t)}function on(t){nn=t}function le(t){return T()!==t?Promise.resolve():(lt??=(async()=>{ut(await es(t)??await nn(t))})().finally(()=>{lt=null}),lt)}function dt(){ae.postMessage({out:!0}),ut(null)}function ut(t){if(t!==T()){t===null?sessionStorage.removeItem(ct):sessionStorage.setItem(ct,t);for(let e of tn)e(t)}}function es(t){return new Promise(e=>{let n=({data:i})=>{i.token&&i.token!==t&&o(i.token)},o=i=>{ae.removeEventListener("message",n),clearTimeout(s),e(i)},s=setTimeout(o,Qo,null);ae.addEventListener("message",n),ae.postMessage({ask:!0})})}var ft=new Set,rn=new Set,sn=Date.now();function an(t){rn.add(t)}function ce(t,e){return new Promise((n,o)=>{e?.throwIfAborted();let s=()=>{ft.delete(s),clearTimeout(r),e?.removeEventListener("abort",i),n()},i=()=>{o(e.reason),s()},r=setTimeout(s,t);ft.add(s),e?.addEventListener("abort",i)})}function ln(){for(let t of[...ft])t()}function cn(){for(let t of rn)t();ln()}addEventListener("online",cn);document.addEventListener("visibilitychange",()=>{document.hidden||ln()});setInterval(()=>{let t=Date.now();t-sn>9e4&&cn(),sn=t},5e3);var ts=4,ns=400,hn=8e3,os=new Set(["GET","HEAD","OPTIONS"]),ss=new Set([500,502,504]),is=/\.lambda-url\.[a-z0-9-]+\.on\.aws$|^(localhost|127\.0\.0\.1|\[::1\])$/,y=class extends Error{constructor(e,{type:n="",detail:o="",retryAfter:s=null,body:i={}}={}){super(`${e} ${n} ${o}`),Object.assign(this,{status:e,type:n,detail:o,retryAfter:s,body:i})}},x=class extends Error{},he={onchange:null,now:null};function te(t){he.now!==t&&(he.now=t,he.onchange?.(t))}function $(t){let e=rs(t);if(e)throw new y(400,{type:"invalid-name",detail:e});return t.split("/").map(encodeURIComponent).join("/")}var un=t=>!/^\.{0,2}$|\//.test(t);function rs(t){return t.split("/").every(un)?t.includes("?")&&!is.test(location.hostname)?`at this address no name can have a '?', got '${t}'`:"":`no part of a name is empty, '.' or '..', got '${t}'`}function pt(t){return new URL(`files/${$(t)}`,document.baseURI).href}function fn(t){return t?`files/${$(t)}/`:"files/"}async function C(t,e,n={}){let{headers:o={},body:s,signal:i,safe:r=os.has(t),retry:l=!0,cache:h}=n,d=ns;for(let u=1;;u++){let p=T(),f;try{let I=await as(t,e,{headers:o,body:s,signal:i,cache:h,sent:p});return te(null),I}catch(I){f=I,f.repeated=u>1}if(f instanceof y&&f.type==="unauthorized"){await le(p),i?.throwIfAborted();continue}if(dn(f,!0)&&te(f),!l||u>=ts||!dn(f,r))throw f;let v=Math.max((f.retryAfter??0)*1e3,d*(.5+Math.random()));if(v>hn*2)throw f;await ce(v,i),d=Math.min(d*2,hn)}}async function as(t,e,{headers:n,body:o,signal:s,cache:i,sent:r}){let l=r?{...n,Authorization:`Bearer ${r}`}:n,h;try{h=await fetch(e,{method:t,headers:l,body:o,signal:s,cache:i,redirect:"error"})}catch(d){throw s?.aborted?s.reason:new x(d.message)}if(h.ok||h.status===304)return h;throw await mt(h)}async function mt(t){let e={};try{e=Object(await t.json())}catch{}let n=/^application\/problem\+json\b/.test(t.headers.get("Content-Type")??""),o=t.headers.get("Retry-After")??"";return new y(t.status,{type:n?String(e.type??"").split(":").pop():"",detail:String(e.detail??e.Message??e.message??""),retryAfter:/^\d{1,6}$/.test(o)?Number(o):null,body:e})}function dn(t,e){return t instanceof x?e:t instanceof y?t.status===429||t.status===423?!0:t.status===503?t.body.status!=="fail"&&(e||t.type!==""):e&&ss.has(t.status):!1}async function X(t,{cursor:e=null,signal:n}={}){let o=await gt(fn(t),{cursor:e,signal:n});return{entries:o.entries.filter(({name:s})=>un(s)),cursor:o.cursor}}async function gt(t,{cursor:e=null,...n}){let o=e===null?"":`?${new URLSearchParams({cursor:e})}`;return(await C("GET",t+o,{...n,cache:"no-store"})).json()}async function Ie({signal:t,retry:e}={}){try{return await gt("health",{signal:t,retry:e})}catch(n){if(n instanceof y&&n.body.status==="fail")return n.body;throw n}}async function R(t,{signal:e}={}){let{headers:n}=await C("HEAD",`files/${$(t)}`,{signal:e,cache:"no-store"}),o=new Date(n.get("Last-Modified"));return{etag:n.get("ETag"),size:Number(n.get("X-File-Size")),modified:Number.isNaN(o.getTime())?"":o.toISOString()}}async function Z(t,{signal:e}={}){return(await C("PUT",fn(t),{signal:e,safe:!0})).status===201}function pn(t,e,{etag:n,overwrite:o=!1,signal:s}={}){let i={Destination:wn(e),Overwrite:o?"T":"F"};return n&&(i["If-Match"]=n),bn(`files/${$(t)}`,i,{to:e,etag:n,signal:s})}async function $e(t,e,{signal:n}={}){try{let o=e?{"If-Match":e}:{};await C("DELETE",`files/${$(t)}`,{headers:o,signal:n,safe:!0})}catch(o){if(!(o.repeated&&(o.status===404||o.status===412&&!await ls(t))))throw o}}async function ls(t){try{return await R(t),!0}catch(e){if(e.status===404)return!1;throw e}}function mn({cursor:t=null,signal:e}={}){return gt("trash/",{cursor:t,signal:e})}function gn(t,{to:e=t.path,overwrite:n=!1,ifMatch:o,signal:s}={}){let i={Destination:wn(e),Overwrite:n?"T":"F"};return o&&(i["If-Match"]=o),bn(`trash/${$(t.id)}`,i,{to:e,etag:t.etag,signal:s})}function wn(t){return new URL(pt(t)).pathname}async function bn(t,e,{to:n,etag:o,signal:s}){try{return(await C("POST",t,{headers:e,signal:s})).headers.get("ETag")}catch(i){if(!o||s?.aborted||!(i instanceof x||i.status>=500||i.status===404)||(await R(n,{signal:s}).catch(()=>null))?.etag!==o)throw i;return o}}var wt=c("div.hidden",{role:"status","aria-live":"polite"}),De=c("div.banner",{role:"alert",hidden:!0}),yt=c("div.notes"),Pe={live:wt,banner:De,notes:yt};function D(t){wt.textContent=wt.textContent===t?`${t} `:t}var K=null;function U(t,{action:e,kind:n="done",details:o=[]}={}){K?.remove(),K=c(`div.note.${n}`,{},n==="done"?null:w("warning"),c("div.text",{},c("span",{},t),o.length?cs(o):null));let s=K;if(e){let[i,r]=e;K.append(c("button.plain.strong",{onclick:()=>{bt(s),r()}},i))}K.append(c("button.plain",{"aria-label":a("dialog.close"),onclick:()=>bt(s)},w("close"))),yt.append(K),D([t,...o.slice(0,3)].join(". "))}function yn(){K?.querySelector(".strong")?.click()}function bt(t){let e=t.contains(document.activeElement);t.remove(),K===t&&(K=null),e&&document.dispatchEvent(new CustomEvent("drive:focus"))}function cs(t){return c("ul",{},...t.slice(0,5).map(e=>c("li",{dir:"auto"},e)),t.length>5?c("li",{},"…"):null)}function de(t){let e=new AbortController,n=c("progress",{"aria-label":t}),o=c("span.count"),s=c("div.note.working",{},c("div.text",{},c("span",{},t," ",o),n),c("button.plain.strong",{onclick:()=>e.abort()},a("act.stop"))),i=setTimeout(()=>{yt.append(s),D(t)},400);return{signal:e.signal,progress(r,l){o.textContent=l?`${r} / ${l}`:String(r),l&&Object.assign(n,{max:l,value:r})},end(){clearTimeout(i),s.isConnected&&bt(s)}}}function vn(t){De.hidden=!t,t?De.replaceChildren(w("warning"),c("span",{},k(t))):De.replaceChildren()}function k(t){if(t instanceof x)return a("error.offline");if(!(t instanceof y))return String(t?.message??t);let{status:e,type:n,detail:o}=t,s={"invalid-name":"name","not-found":"notFound","no-space":"full","read-only":"readOnly","upload-locked":"busy",busy:"busy",conflict:"conflict",maintenance:"maintenance",unhealthy:"unhealthy"}[n]??{403:"forbidden",404:"notFound",429:"brake"}[e]??(e>=500?"internal":"anyway");return a(`error.${s}`,{detail:o||`HTTP ${e}`})}var ue=Object.freeze({"If-None-Match":"*"}),hs=3,ds=20,vt=4;async function kn(t,e,{signal:n}={}){let o=new Map(e),s=new Map;for(let r of t){if(o.has(r))continue;let l=r.slice(0,Math.max(r.lastIndexOf("/"),0));s.set(l,(s.get(l)??0)+1)}let i=[];for(let r of[...s.keys()].sort()){if(s.get(r)<=hs||i.some(h=>r.startsWith(`${h}/`)))continue;let l=await us(r,n);l||i.push(r);for(let h of l??[])o.set(r?`${r}/${h.name}`:h.name,h)}return o}async function us(t,e){let n=[],o=null;try{for(let s=0;s<ds;s++){let i=await X(t,{cursor:o,signal:e});if(n.push(...i.entries),o=i.cursor,o===null)break}}catch(s){if(s.status===404||s.type==="conflict")return null;throw s}return n}async function xn(t){try{return{name:t.slice(t.lastIndexOf("/")+1),kind:"file",...await R(t)}}catch(e){if(e instanceof y)return null;throw e}}async function kt(t,{overtaken:e=!1}={}){let n=t.slice(0,vt).map(({path:i,file:r,entry:l})=>c("li",{},O(i),c("span",{},a("transfer.there",{old:`${b(l.size)}, ${q(l.modified)}`,new:`${b(r.size)}, ${q(new Date(r.lastModified).toISOString())}`}))));t.length>vt&&n.push(c("li",{},a("transfer.andMore",{count:t.length-vt})));let o=t.length;return(await N({title:a(e?"transfer.overtaken":"transfer.isThere",{count:o}),body:[c("ul.conflicts",{},...n),a("transfer.replaceText")],choices:[{value:"both",label:a("clash.both"),kind:"primary"},{value:"replace",label:a("clash.replace"),kind:"danger"}],cancel:a("clash.skip")}))?.choice??"skip"}function fe(t,e){let n=t.lastIndexOf("/")+1,o=t.lastIndexOf("."),s=o>n?o:t.length,[,i,r]=/^(.*?)(?: \((\d{1,6})\))?$/s.exec(t.slice(n,s));for(let l=Number(r??1)+1;;l++){let h=`${t.slice(0,n)}${i} (${l})${t.slice(s)}`;if(!e(h))return h}}var fs=4,E=(t,e)=>t?`${t}/${e}`:e,M=t=>t.slice(0,Math.max(0,t.lastIndexOf("/"))),S=t=>t.slice(t.lastIndexOf("/")+1),be=class{done=[];kept=[];failures=[]};async function*xt(t,e,n){e.push(t);let o=null,s=0;do{let i=await X(t,{cursor:o,signal:n});for(let r of i.entries){s++;let l=E(t,r.name);r.kind==="directory"?yield*xt(l,e,n):yield{path:l,entry:r}}o=i.cursor===o?null:i.cursor}while(o!==null);s||(yield{path:t,entry:null})}async function*ps(t,e,n,o){for(let s of e){let i=E(t,s.name);s.kind==="directory"?yield*xt(i,n,o):yield{path:i,entry:s}}}async function Tt(t,e,n,{signal:o,progress:s=()=>{}}){let i=null,r=async()=>{for(;;){if(o?.aborted)return;let{value:l,done:h}=await t.next();if(h||o?.aborted)return;try{await e(l)}catch(d){if(o?.aborted)return;n.failures.push({path:l.path,error:d})}s(n.done.length)}};await Promise.all(Array.from({length:fs},()=>r().catch(l=>{i??=l}))),i&&!o?.aborted&&n.failures.push({path:"",error:i})}async function Tn(t,e,{signal:n,progress:o,decide:s}){let i=Object.assign(new be,{files:[],directories:[]}),r=[];await Tt(ps(t,e,r,n),async({path:h,entry:d})=>{if(!d)return;let u=await ms(h,d,s,p=>$e(h,p));if(u===null){i.kept.push(h);return}i.done.push(h),i.files.push({path:h,etag:u,entry:d})},i,{signal:n,progress:o});let l=[...i.kept,...i.failures.map(({path:h})=>h)];for(let h of r.reverse())if(!(n?.aborted||l.some(d=>d.startsWith(`${h}/`))))try{await $e(h,null),i.directories.push(h),i.done.push(h)}catch(d){d.status!==404&&i.failures.push({path:h,error:d})}return i}async function ms(t,e,n,o){let s=e;for(;;)try{return await o(s.etag),s.etag}catch(i){if(i.status===404)return s.etag;if(i.status!==412)throw i;let r=await R(t).catch(gs);if(r&&!await n.changed(t,s,r))return null;if(!r)return s.etag;s=r}}var gs=t=>{if(t.status===404)return null;throw t};async function En({files:t,directories:e},{signal:n,progress:o,decide:s}){let i=Object.assign(new be,{missing:0,elsewhere:!1}),r=new Map(t.map(d=>[`${d.etag} ${d.path}`,d])),l=[],h=null;for(;r.size&&!n?.aborted;){let d=await mn({cursor:h,signal:n});for(let u of d.versions)r.delete(`${u.etag} ${u.path}`)&&l.push(u);if(d.cursor===null||d.cursor===h)break;h=d.cursor}i.missing=r.size,await Tt(l.values(),async d=>{let u=await Sn(d.path,s,(p,f)=>gn(d,{to:p,overwrite:f}));i[u===null?"kept":"done"].push(d.path),i.elsewhere||=u!==d.path},i,{signal:n,progress:d=>o(d,l.length)});for(let d of[...e].reverse())!n?.aborted&&!i.done.some(u=>u.startsWith(`${d}/`))&&await Z(d);return i}async function Sn(t,e,n){let o=new Set;for(let s=!1,i=t;;)try{return await n(i,s),i}catch(r){if(r.status!==412&&r.status!==409)throw r;let l=o.size?"both":await e.clash(t,r.status===412);if(l==="skip")return null;s=l==="replace",o.add(i),s||(i=fe(t,h=>o.has(h)))}}async function Mn(t,e,n,{signal:o,progress:s,decide:i}){let r=Object.assign(new be,{moved:[]});for(let l of e){if(o?.aborted)break;let h=E(t,l.name),d=n(l),u=r.kept.length+r.failures.length;try{l.kind==="directory"?await ws(h,d,r,{signal:o,progress:s,decide:i}):await An(h,d,l,r,i)}catch(f){o?.aborted||r.failures.push({path:h,error:f})}!o?.aborted&&u===r.kept.length+r.failures.length&&r.moved.push({entry:l,path:l.kind==="directory"?d:r.done.at(-1)}),s(r.done.length)}return r}async function An(t,e,n,o,s){let i=n,r=await Sn(e,s,async(l,h)=>{for(;;)try{await pn(t,l,{etag:i.etag,overwrite:h});return}catch(d){if(d.status!==412)throw d;let u=await R(t);if(u.etag===i.etag)throw d;if(!await s.changed(t,i,u))throw new Ne;i=u}}).catch(l=>{if(l instanceof Ne)return null;throw l});r===null?o.kept.push(t):o.done.push(r)}var Ne=class extends Error{};async function ws(t,e,n,{signal:o,progress:s,decide:i}){if(!await Z(e)&&!await i.merge(e)){n.kept.push(t);return}let r=[],l=h=>e+h.slice(t.length);await Tt(xt(t,r,o),async({path:h,entry:d})=>{d?await An(h,l(h),d,n,i):h!==t&&await Z(l(h))},n,{signal:o,progress:s});for(let h of r.reverse()){if(o?.aborted)return;await $e(h,null).catch(d=>{if(![404,409].includes(d.status))throw d})}}function zn({title:t,start:e,refuse:n}){let o=new AbortController,s=c("nav.crumbs",{"aria-label":a("app.path")}),i=c("ul.folders"),r=c("p.note",{role:"status"}),l=c("button",{},a("dialog.cancel")),h=c("button.primary",{},a("move.do")),d=c("div.chooser",{},c("h2",{id:"chooser"},t),s,i,r,c("div.buttons",{},l,h)),u=e,p=async(f,v=null)=>{u=f;let I=f?f.split("/"):[];s.replaceChildren(...["",...I].map((z,P)=>{let L=c("button.plain",{onclick:()=>p(I.slice(0,P).join("/"))},P?O(z):a("app.root"));return P===I.length&&L.setAttribute("aria-current","page"),L}));let re=n(f);h.disabled=!!re,r.textContent=re||a("list.loading"),v===null&&i.replaceChildren();try{let z=await X(f,{cursor:v,signal:o.signal});if(u!==f)return;let P=z.entries.filter(({kind:L})=>L==="directory");if(i.append(...P.map(({name:L})=>c("li",{},c("button.plain",{onclick:()=>p(E(f,L))},w("folder"),O(L))))),z.cursor!==null){let L=c("button.plain",{},a("list.loadRest"));L.onclick=()=>{L.parentNode.remove(),p(f,z.cursor)},i.append(c("li",{},L))}r.textContent=re||(i.childElementCount?"":a("move.noFolders")),d.contains(document.activeElement)||s.lastChild.focus()}catch(z){o.signal.aborted||(r.textContent=k(z))}};return we(d,"chooser",{start(f){l.onclick=()=>f(null),h.onclick=()=>f(u),d.onkeydown=v=>{v.altKey&&v.key==="ArrowUp"&&p(M(u))},p(e),s.lastChild.focus()}}).finally(()=>o.abort())}var On=t=>m(S(t))||a("app.root");var Re=class{#e=Promise.resolve();#n=new Map;constructor(e,{keepsVersions:n,many:o,signal:s}){Object.assign(this,{act:e,keepsVersions:n,many:o,signal:s})}async changed(e,n,o){return await this.#t("changed","keep",{title:a("changed.title",{name:m(S(e))}),body:[a("changed.text"),...bs(n,o)],choices:[{value:"act",label:a(`changed.act.${this.act}`),kind:"danger"}],cancel:a("changed.keep"),cancelValue:"keep"})==="act"}clash(e,n){let o=[{value:"both",label:a("clash.both"),kind:"primary"}];return n&&o.push({value:"replace",label:a("clash.replace"),kind:"danger"}),this.#t(`clash ${n}`,"skip",{title:a("clash.title",{name:m(S(e))}),body:n?a(this.keepsVersions?"clash.replaceTrash":"clash.replaceNoTrash"):[],choices:o,cancel:a(this.many?"clash.skip":"dialog.cancel"),cancelValue:"skip"})}async merge(e){let n={name:m(S(e)),folder:m(S(M(e)))||a("app.root")};return await this.#t("merge","skip",{title:a("clash.mergeTitle"),body:a("clash.mergeText",n),choices:[{value:"merge",label:a("clash.merge"),kind:"primary"}],cancelValue:"skip"})==="merge"}#t(e,n,o){let s=this.#e.then(async()=>{if(this.#n.has(e))return this.#n.get(e);if(this.signal?.aborted)return n;let i=await N({...o,option:this.many?a("clash.option"):void 0,signal:this.signal}),r=i?.choice??n;return i?.option&&this.#n.set(e,r),r});return this.#e=s.catch(()=>{}),s}};function bs(t,e){let n=(o,s)=>`${a(o)}: ${b(s.size)}, ${q(s.modified)}`;return[n("changed.seen",t),n("changed.now",e)]}function Ln(t){return t?t.includes("/")?a("name.slash"):"":a("name.empty")}var Ue=class{constructor(e){this.page=e}async makeFolder(){let{folder:e}=this.page,n=i=>e.find(i)?a("make.there",{name:m(i)}):"",o=await N({title:a("make.title"),input:{label:a("list.name"),check:i=>Ln(i)||n(i)},choices:[{value:"make",label:a("make.do"),kind:"primary"}]});if(!o)return;let s=o.value;await this.#s(async()=>{await Z(E(e.path,s)),await this.page.patch(e.path,{added:[ys(s)]},s)})}async rename(e){let{folder:n}=this.page,o=e.kind==="file"?e.name.lastIndexOf("."):-1,s=await N({title:a("rename.title",{name:m(e.name)}),input:{label:a("rename.label"),value:e.name,select:[0,o>0?o:e.name.length],check:Ln},choices:[{value:"rename",label:a("rename.do"),kind:"primary"}]});!s||s.value===e.name||await this.#e("rename",[e],n.path,()=>E(n.path,s.value))}async move(e){let{folder:n}=this.page,o=e.filter(({kind:i})=>i==="directory").map(({name:i})=>`${E(n.path,i)}/`),s=await zn({title:a("move.title",{count:e.length}),start:n.path,refuse:i=>i===n.path?a("move.same"):o.some(r=>`${i}/`.startsWith(r))?a("move.inside"):""});s!==null&&await this.#e("move",e,n.path,i=>E(s,i.name))}async#e(e,n,o,s){let i=de(a("move.working")),r=this.#t(e,n,i);await this.#s(async()=>{let l=await Mn(o,n,s,{...i,decide:r});i.end();let{moved:h}=l,d=h.map(({entry:v})=>v.name),p=h.filter(({path:v})=>M(v)===o).map(({entry:v,path:I})=>({...v,name:Et(I),folded:void 0}));await this.page.patch(o,{removed:d,added:p},p[0]?.name);let f=e==="rename"?h.length?a("rename.done",{from:m(n[0].name),to:m(Et(h[0].path))}):"":a("move.done",{count:h.length,to:On(M(s(n[0])))});this.#o(h.length?f:"",l)},i)}async remove(e){let{folder:n,keepsVersions:o}=this.page,s=e.length;if(!o&&!await N({title:a("remove.forGoodTitle",{count:s}),body:a("remove.forGoodText"),choices:[{value:"delete",label:a("remove.forGood"),kind:"danger"}]}))return;let i=de(a("remove.working")),r=this.#t("delete",e,i);await this.#s(async()=>{let l=await Tn(n.path,e,{...i,decide:r});i.end();let h=new Set(l.done),d=e.filter(({name:v})=>h.has(E(n.path,v)));await this.page.patch(n.path,{removed:d.map(({name:v})=>v)});let u=d.length===1?a("remove.doneOne",{name:m(d[0].name)}):a("remove.done",{count:d.length}),p=()=>this.#n(n.path,l,d),f=o&&l.done.length;this.#o(d.length?u:"",l,f?[a("act.undo"),p]:void 0)},i)}async#n(e,n,o){let s=de(a("remove.undoing")),i=this.#t("delete",n.files,s);await this.#s(async()=>{let r=await En(n,{...s,decide:i});s.end(),r.elsewhere||r.kept.length||r.missing||r.failures.length?await this.page.reload(e):await this.page.patch(e,{added:o},o[0]?.name);let l=r.missing?a("remove.missing",{count:r.missing}):"";this.#o([a("remove.undone",{count:r.done.length}),l].filter(Boolean).join(". "),r)},s)}#t(e,n,o){let s=n.length>1||n.some(({kind:i})=>i==="directory");return new Re(e,{keepsVersions:this.page.keepsVersions,many:s,signal:o.signal})}#o(e,{failures:n,kept:o},s){let i=n.map(({path:d,error:u})=>d?a("error.failedFor",{name:m(Et(d)),why:k(u)}):k(u)),r=o.length?a("move.stay",{count:o.length}):"",l=n.length?a("error.some",{count:n.length}):"",h=[e,r,l].filter(Boolean).join(". ");h&&U(h,{action:s,details:i,kind:n.length?"wrong":"done"})}async#s(e,n){try{await e()}catch(o){U(`${a("error.title")}. ${k(o)}`,{kind:"wrong"})}finally{n?.end(),this.page.changed()}}},Et=t=>t.slice(t.lastIndexOf("/")+1);function ys(t){return{name:t,kind:"directory",size:0,modified:new Date().toISOString(),etag:null}}var vs=1e4,ks=1e4,Fe=new Map,Cn=null;async function ye(t,{save:e=!1}={}){let n=pt(t);if(!T())return{url:n,ended:new Promise(()=>{}),release(){}};let o=await xs();if(!o)return null;let s=crypto.randomUUID(),i=e?setInterval(()=>o.postMessage({awake:!0}),ks):0,r=new Promise(h=>Fe.set(s,{url:n,end:h})),l=()=>{Fe.delete(s),clearInterval(i)};return{url:`${n}?${e?"save":"view"}=${s}`,ended:r,release:l}}function xs(){let t=navigator.serviceWorker;if(!t)return null;let e=new Promise(n=>setTimeout(n,vs,null));return Cn??=Promise.race([Ts(t).catch(()=>null),e]),Cn}async function Ts(t){t.addEventListener("message",Es),t.startMessages();let e=new Promise(o=>t.addEventListener("controllerchange",o,{once:!0})),n=await t.register("page/worker.js",{scope:"./",updateViaCache:"none"});return t.controller||(n.active?.postMessage({claim:!0}),await e),t.controller}async function Es({data:t,ports:e}){if(t.ended)Fe.get(t.ended)?.end(t);else if(t.ask){let n=Fe.get(t.ask)?.url===t.url;n&&t.refused&&await le(t.refused),e[0].postMessage({token:n?T():null})}}var Ss=4*1024*1024,In=400,_e=512*1024*1024,$n=Promise.resolve(),ve={save(t,e){let n=$n.then(()=>Ms(t,e).catch(o=>Dn(t,k(o))));return $n=n,n}};async function Ms(t,e){if(!T()){Pn(t,(await ye(t)).url),await new Promise(i=>setTimeout(i,In));return}let n=await ye(t,{save:!0});if(!n)return As(t,e);let o=c("iframe",{src:n.url,hidden:!0,title:a("download.fetching",{name:m(S(t))})});document.body.append(o);let s=await n.ended;n.release(),setTimeout(()=>o.remove(),In*10),s.failed===412?U(a("download.changed",{name:m(S(t))}),{kind:"wrong"}):"failed"in s&&Dn(t,k(new y(s.failed)))}function Dn(t,e){U(a("download.failed",{name:m(S(t)),why:e}),{kind:"wrong"})}async function As(t,e){let n=m(S(t));if(e.size>_e){let s={name:n,size:b(e.size),largest:b(_e)};U(a("download.tooLarge",s),{kind:"wrong"});return}let o=de(a("download.fetching",{name:n}));try{let s=await St(t,{signal:o.signal,progress:o.progress}),i=URL.createObjectURL(new Blob([s],{type:"application/octet-stream"}));Pn(t,i),setTimeout(()=>URL.revokeObjectURL(i),6e4)}catch(s){if(o.signal.aborted)return;if(s.status===412)U(a("download.changed",{name:n}),{kind:"wrong"});else throw s}finally{o.end()}}async function St(t,{signal:e,progress:n}={}){let{etag:o,size:s}=await R(t,{signal:e}),i=[],r="";for(let l=0;l<s;){let h={Range:`bytes=${l}-${l+Ss-1}`,"If-Match":o},d=await C("GET",`files/${$(t)}`,{headers:h,signal:e,cache:"no-store"}),u=await d.blob();r=d.headers.get("Content-Type"),i.push(u),l+=u.size,n?.(Math.round(l/s*100),100)}return new Blob(i,{type:r})}function Pn(t,e){let n=c("a",{href:e,download:S(t)});document.body.append(n),n.click(),n.remove()}var zs=new Intl.Collator(V,{numeric:!0,sensitivity:"base"}),Nn=8,Os={name:(t,e)=>zs.compare(t.name,e.name),size:(t,e)=>t.size-e.size,date:(t,e)=>t.time-e.time},Ls=(t,e)=>t.name<e.name?-1:t.name>e.name?1:0,ke=class t{entries=[];view=[];complete=!1;order={by:null,descending:!1};query="";#e=null;#n=null;#t=0;constructor(e,n){this.path=e,this.changed=n,this.leaving=new AbortController}async start(){await this.#o(),this.complete&&(this.order={by:"name",descending:!1}),await this.arrange()}more(){return this.complete?Promise.resolve():(this.#n??=this.#o().then(()=>this.arrange()).finally(()=>{this.#n=null}),this.#n)}async all(e,n){for(;!this.complete&&!n.aborted;)await(this.#n??this.#o()),e(this.entries.length),this.query&&!this.order.by&&await this.arrange();await this.arrange()}async reload(){let e=new t(this.path,()=>{});e.leaving=this.leaving;do await e.#o();while(!e.complete&&e.entries.length<this.entries.length);this.entries=e.entries,this.complete=e.complete,this.#e=e.#e,this.complete&&(this.order.by??="name"),await this.arrange()}async#o(){let e=this.#e,n=await X(this.path,{cursor:e,signal:this.leaving.signal});this.#e=n.cursor,this.complete=n.cursor===null||n.cursor===e;for(let o of n.entries)this.entries.push(Rn(o))}find(e){return this.entries.find(n=>n.name===e)}patch({removed:e=[],added:n=[]}){let o=new Set([...e,...n.map(s=>s.name)]);this.entries=this.entries.filter(s=>!o.has(s.name));for(let s of n)this.entries.push(Rn(s));return this.arrange()}sort(e,n){return this.order={by:e,descending:n},this.arrange()}search(e){return this.query=e,this.arrange()}async arrange(){let e=++this.#t,n=Cs(),o=()=>n().then(()=>e!==this.#t||this.leaving.signal.aborted),s=this.entries;if(this.query){let l=Un(this.query);s=[];for(let h=0;h<this.entries.length;h++){let d=this.entries[h];if((d.folded??=Un(d.name)).includes(l)&&s.push(d),h%512===511&&await o())return}}let{by:i,descending:r}=this.order;if(i){let l=Os[i],h=r?-1:1;if(s=await Is(s,(u,p)=>(u.kind===p.kind?0:u.kind==="directory"?-1:1)||h*l(u,p)||h*Ls(u,p),o),!s)return}this.view=s,this.changed()}};function Rn(t){return t.time=Date.parse(t.modified)||0,t}function Un(t){return t.normalize("NFKD").replace(new RegExp("\\p{M}","gu"),"").toLowerCase()}function Cs(){let t=performance.now()+Nn;return async()=>{performance.now()<t||(await new Promise(e=>setTimeout(e)),t=performance.now()+Nn)}}async function Is(t,e,n){let s=[];for(let i=0;i<t.length;i+=256)if(s.push(t.slice(i,i+256).sort(e)),await n())return null;for(;s.length>1;){let i=[];for(let r=0;r<s.length;r+=2)if(i.push(s[r+1]?await $s(s[r],s[r+1],e,n):s[r]),!i.at(-1))return null;s=i}return s[0]??[]}async function $s(t,e,n,o){let s=[],i=0,r=0;for(;i<t.length&&r<e.length;)if(s.push(n(t[i],e[r])<=0?t[i++]:e[r++]),s.length%512===0&&await o())return null;return s.concat(t.slice(i),e.slice(r))}var pe=(t,e,n="")=>c(`button.tool${n}`,{title:a(`act.${t}`)},w(e),c("span",{},a(`act.${t}`))),H=c("input",{type:"search",placeholder:a("app.search"),"aria-label":a("app.search"),spellcheck:!1,dir:"auto"}),Be=c("button.plain",{"aria-label":a("app.menu"),"aria-haspopup":"menu"},w("more")),xe=c("nav.crumbs",{"aria-label":a("app.path")}),Fn=c("span.badge",{hidden:!0},a("app.readOnly")),me=c("div.scroller"),G=c("section.panel",{hidden:!0,tabIndex:-1}),At=c("div.foot"),_n=c("span"),jn=c("div.drop",{hidden:!0,"aria-hidden":"true"},_n),zt=c("div.transfers"),Y={upload:pe("choose","upload",".primary"),newFolder:pe("newFolder","newFolder")},A={download:pe("download","download"),rename:pe("rename","rename"),move:pe("move","move"),delete:pe("delete","delete"),clear:c("button.plain",{"aria-label":a("act.clear"),title:a("act.clear")},w("close")),count:c("span.number")};Y.upload.setAttribute("aria-haspopup","menu");var Bn=c("div.tools",{},Fn,Y.newFolder,Y.upload),Hn=c("div.tools",{role:"toolbar","aria-label":a("act.selection"),hidden:!0},A.clear,A.count,A.download,A.rename,A.move,A.delete),Wn=c("div.bar"),qn=c("span"),je=c("div.meter",{"aria-hidden":"true"},c("div")),Mt=c("div.usage",{hidden:!0},je,qn),Kn=c("main",{},Wn,Pe.banner,me,G,At,jn);function Gn(){let t=c("button.skip",{onclick:()=>document.dispatchEvent(new CustomEvent("drive:focus"))},a("app.skip"));Wn.append(xe,Bn,Hn),document.body.append(t,c("header",{},c("h1",{},w("folder"),c("span",{},a("app.brand"))),c("label.search",{},w("search"),H,c("kbd",{"aria-hidden":"true"},"/")),Mt,Be),Kn,c("aside.dock",{"aria-label":a("app.notes")},Pe.notes,zt),Pe.live)}function Yn(t,e){let n=t?t.split("/"):[],o=["",...n].map((s,i)=>{let r=c("a",{href:e(n.slice(0,i).join("/"))},i?O(s):a("app.root"));return i===n.length&&r.setAttribute("aria-current","page"),i&&(r.title=s),c("li",{},r)});xe.replaceChildren(c("ol",{},...o)),xe.scrollLeft=xe.scrollWidth*(getComputedStyle(xe).direction==="rtl"?-1:1)}function Vn(t,e){if(Mt.hidden=!Number.isFinite(t),Mt.hidden)return;let n=e?a("app.usedOf",{used:b(t),all:b(e)}):a("app.used",{used:b(t)});qn.textContent=n,je.hidden=!e,je.firstChild.style.width=`${Math.min(1,t/e)*100}%`,je.classList.toggle("full",t>e*.9)}function Xn(t,{files:e,writable:n,failed:o}){Bn.hidden=t>0,Hn.hidden=!t,Fn.hidden=n;for(let s of Object.values(Y))s.hidden=!n||o;A.count.textContent=a("act.selected",{count:t}),A.download.hidden=!e,A.rename.hidden=!n||t!==1,A.move.hidden=A.delete.hidden=!n,Kn.classList.toggle("choosing",t>0)}function Te(t,e,n,o=[]){G.replaceChildren(w(t),c("h2",{},e),n?c("p",{},n):"",c("div.buttons",{},...o.map(([s,i,r])=>c(`button${r?".primary":""}`,{onclick:i},s)))),G.hidden=!1,me.hidden=!0}function Zn(){G.hidden=!0,me.hidden=!1}function Jn(t){jn.hidden=t===null,_n.textContent=t===null?"":a("list.drop",{name:t})}var Qn=/Mac|iP/.test(navigator.platform)?"⌘":"Ctrl",Ds=[["↑ ↓","keys.arrows"],["Enter","act.open"],["Backspace","keys.up"],["Space","keys.space"],["Shift ↑ ↓","keys.extend"],[`${Qn} A`,"act.selectAll"],["A – Z","keys.type"],["F2","act.rename"],["Delete","act.delete"],[`${Qn} Z`,"act.undo"],["Shift F10","keys.context"],["/","app.search"],["Esc","keys.escape"],["?","keys.title"]];function He(){let t=c("button.primary",{},a("dialog.close"));we(c("div.keys",{},c("h2",{id:"keys"},a("keys.title")),c("dl",{},...Ds.map(([e,n])=>c("div",{},c("dt",{},c("kbd",{},e)),c("dd",{},a(n))))),c("div.buttons",{},t)),"keys",{start(e){t.onclick=()=>e(null),t.focus()}})}function eo(){on(async t=>{for(;;){let e=await N({title:a("token.title"),body:a(t?"token.wrong":"token.ask"),stays:!0,input:{label:a("token.label"),type:"password",check:n=>n.trim()?/^[A-Za-z0-9._~+/-]+=*$/.test(n.trim())?"":a("token.shape"):a("token.empty")},choices:[{value:"open",label:a("token.do"),kind:"primary"}]});if(e)return e.value.trim()}})}function to(t){document.addEventListener("keydown",e=>{let{key:n}=e,o=e.ctrlKey||e.metaKey,s=e.target.matches("input:not([type=checkbox]), textarea");if(!(e.defaultPrevented||s&&e.target!==H)){if(n==="Escape")s&&H.value?t.search(""):!t.clear()&&s&&t.focusList();else if(s){if(n!=="ArrowDown")return;t.focusList()}else if(o&&n.toLowerCase()==="a")t.selectAll();else if(o&&n.toLowerCase()==="z")yn();else if(n==="/"&&!o)H.focus();else if(n==="?")He();else if(n==="ArrowDown"&&e.target===document.body)t.focusList();else if(n==="Backspace"&&!o||e.altKey&&n==="ArrowUp")t.up();else return;e.preventDefault()}})}var Ps={archive:"7z bz2 gz rar tar tgz xz zip zst",audio:"aac flac m4a mp3 ogg opus wav",picture:"avif bmp gif heic jpeg jpg png svg tiff webp",text:"css csv doc docx html js json log md odt pdf py rtf sh sql tex toml txt xml yaml",video:"avi m4v mkv mov mp4 mpg webm"},Ns=new Map(Object.entries(Ps).flatMap(([t,e])=>e.split(" ").map(n=>[n,t])));function Ee({kind:t,name:e}){return t==="directory"?"folder":Ns.get(e.slice(e.lastIndexOf(".")+1).toLowerCase())??"file"}var no=12,Rs=900,Us=400,We=class{active=0;view=[];#e=new Map;#n={text:"",at:0};#t=44;#o=0;constructor(e,n,o){Object.assign(this,{scroller:e,selection:n,on:o}),this.all=c("input",{type:"checkbox","aria-label":a("act.selectAll")}),this.all.onclick=()=>this.#d(()=>this.all.checked?n.all(this.view):n.clear()),this.heads=Object.fromEntries(["name","size","date"].map(s=>[s,this.#s(s)])),this.body=c("div.rows",{role:"rowgroup"}),this.grid=c("div.grid",{role:"grid","aria-multiselectable":"true","aria-colcount":5},c("div.head",{role:"rowgroup"},c("div.row",{role:"row","aria-rowindex":1},c("div.check",{role:"columnheader"},this.all),...Object.values(this.heads),c("div.more",{role:"columnheader"},c("span.hidden",{},a("act.selection"))))),this.body),e.append(this.grid),e.addEventListener("scroll",()=>this.#c(),{passive:!0}),new ResizeObserver(()=>this.#c()).observe(e),this.body.addEventListener("click",s=>this.#f(s)),this.body.addEventListener("dblclick",s=>{s.target.closest("input, button, a")||this.on.open(this.entryAt(s.target))}),this.body.addEventListener("contextmenu",s=>this.#p(s)),this.body.addEventListener("keydown",s=>this.#m(s)),this.body.addEventListener("focusin",s=>this.#a(this.#u(s.target)))}#s(e){let n=c("button",{onclick:()=>this.on.sort(e)},c("span",{},a(`list.${e}`)),w("sorted"));return c(`div.${e}`,{role:"columnheader"},n)}show(e,{complete:n,order:o,label:s}){let i=this.#i(),r=new Map(e.map(({name:h},d)=>[h,d])),l=this.view.slice(this.active).find(({name:h})=>r.has(h));this.view=e,this.active=l?r.get(l.name):Math.max(0,e.length-1),this.grid.setAttribute("aria-label",s),this.grid.setAttribute("aria-rowcount",n?e.length+1:-1);for(let[h,d]of Object.entries(this.heads)){let u=o.by!==h?"none":o.descending?"descending":"ascending";d.setAttribute("aria-sort",u)}return this.render(),i!==null&&e.length&&this.focus(i),i!==null&&!e.length}enter(e,n,o){this.view=o,this.active=Math.max(0,o.findIndex(s=>s.name===e)),this.body.style.height=`${o.length*this.#t}px`,this.scroller.scrollTop=n,e!==void 0&&o.length&&this.#l(this.active)}entryAt(e){return this.view[e.closest?.(".row")?.index??-1]}focus(e=""){this.#l(this.active),this.render();let n=this.#e.get(this.active);(e&&n?.querySelector(e)||n)?.focus({preventScroll:!0})}goTo(e){let n=this.view.findIndex(o=>o.name===e);return n>=0&&this.#a(n),n>=0}#i(){let e=document.activeElement;if(!this.body.contains(e))return null;let{control:n}=e.dataset;return n?`[data-control=${n}]`:""}#c(){this.#o||=requestAnimationFrame(()=>{this.render()})}render(){cancelAnimationFrame(this.#o),this.#o=0,this.#t=parseFloat(getComputedStyle(this.scroller).getPropertyValue("--row"));let{scrollTop:e,clientHeight:n}=this.scroller,o=this.view.length;this.body.style.height=`${o*this.#t}px`;let s=Math.max(0,Math.floor(e/this.#t)-no),i=Math.min(o,Math.ceil((e+n)/this.#t)+no),r=this.#i()===null?-1:this.#u(document.activeElement),l=d=>d>=s&&d<i||d===this.active;for(let[d,u]of this.#e)(d>=o||!l(d)&&d!==r)&&(u.remove(),this.#e.delete(d));let h=[];for(let d=s;d<i;d++)h.push(d);this.active<o&&(this.active<s||this.active>=i)&&h.push(this.active);for(let d of h)this.#e.has(d)||this.#h(d);for(let[d,u]of this.#e)this.#r(u,d);this.all.checked=o>0&&this.selection.size>=o,this.all.indeterminate=this.selection.size>0&&!this.all.checked,i>o-Us&&this.on.more()}#h(e){let n=Fs(),o=[...this.#e.keys()].filter(s=>s>e);this.body.insertBefore(n,o.length?this.#e.get(Math.min(...o)):null),this.#e.set(e,n)}#r(e,n){let o=this.view[n];e.entry!==o&&_s(e,o,this.on.address(o));let s=this.selection.has(o);e.setAttribute("aria-selected",s),e.parts.check.checked=s,(e.index!==n||e.height!==this.#t)&&(e.style.transform=`translateY(${n*this.#t}px)`,e.setAttribute("aria-rowindex",n+2),Object.assign(e,{index:n,height:this.#t}));let i=n===this.active?0:-1;if(e.tabIndex!==i||e.tabbed!==i){e.tabbed=i;for(let r of[e,...e.querySelectorAll("[data-control]")])r.tabIndex=i}}#a(e){e<0||e===this.active||(this.active=e,this.render())}#l(e){let n=e*this.#t,o=this.scroller.clientHeight-this.body.offsetTop;n<this.scroller.scrollTop?this.scroller.scrollTop=n:n+this.#t>this.scroller.scrollTop+o&&(this.scroller.scrollTop=n+this.#t-o)}#u(e){return e.closest(".row")?.index??-1}#d(e){e(),this.render(),this.on.selected()}#f(e){let n=this.#u(e.target),o=this.view[n];if(!o)return;let s=e.target.closest("[data-control]")?.dataset.control;if(s==="more"){this.on.menu(o,e.target.closest("button"));return}let{selection:i}=this,r=e.ctrlKey||e.metaKey;if(s==="name"&&!r&&!e.shiftKey){o.kind==="file"&&this.on.open(o);return}if(s!=="check"&&e.preventDefault(),e.pointerType==="touch"&&!s&&!i.size){this.on.open(o);return}this.#a(n),this.#d(()=>{e.shiftKey?i.extend(this.view,n):r||s==="check"||e.pointerType==="touch"?i.toggle(o):i.only(o)}),s||this.focus()}#p(e){let n=this.entryAt(e.target);if(!n)return;e.preventDefault(),this.selection.has(n)||this.#d(()=>this.selection.only(n));let o=e.clientX||e.clientY;this.on.menu(n,o?e:e.target)}#m(e){let{key:n,shiftKey:o}=e,s=e.ctrlKey||e.metaKey,i=this.view[this.active],r=e.target.classList.contains("row"),l=Math.max(1,Math.floor((this.scroller.clientHeight-this.body.offsetTop)/this.#t)-1),h=this.view.length-1,d={ArrowDown:this.active+1,ArrowUp:this.active-1,Home:0,End:h,PageDown:this.active+l,PageUp:this.active-l}[n];if(d!==void 0&&!e.altKey){let u=Math.max(0,Math.min(h,d));o&&this.selection.startAt(i),this.#a(u),o&&this.#d(()=>this.selection.extend(this.view,u)),this.focus()}else if(n===" "&&r)this.#d(()=>o?this.selection.extend(this.view,this.active):this.selection.toggle(i));else if(n==="Enter"&&r&&!s&&!e.altKey)this.on.open(i);else if(n==="F2"||n==="Delete"||n==="Backspace"&&e.metaKey)this.on.act(i,n==="F2"?"rename":"delete");else if(n.length===1&&!s&&!e.altKey&&r&&!" /?".includes(n))this.#g(n);else return;e.preventDefault()}#g(e){let n=Date.now(),o=(n-this.#n.at>Rs?"":this.#n.text)+e.toLowerCase();this.#n={text:o,at:n};let s=this.active+(o.length===1?1:0),r=[...this.view.slice(s),...this.view.slice(0,s)].find(l=>l.name.toLowerCase().startsWith(o));r&&this.goTo(r.name)&&this.focus()}};function Fs(){let t={check:c("input",{type:"checkbox"}),icon:w("file"),size:c("div.size",{role:"gridcell"}),date:c("div.date",{role:"gridcell"}),more:c("button.plain",{"aria-haspopup":"menu"},w("more"))};t.check.dataset.control="check",t.more.dataset.control="more",t.name=c("div.name",{role:"rowheader"},t.icon);let e=c("div.row",{role:"row"},c("div.check",{role:"gridcell"},t.check),t.name,t.size,t.date,c("div.more",{role:"gridcell"},t.more));return e.parts=t,e}function _s(t,e,n){t.entry=e;let{parts:o}=t,s=e.kind==="directory",i=m(e.name),r=s?c("a",{href:n},O(e.name)):c("button",{},O(e.name));r.dataset.control="name",r.title=i,r.dir="auto";let l=o.label===document.activeElement&&o.label;o.label?.remove(),o.name.append(r),o.label=r,l&&r.focus({preventScroll:!0}),t.tabbed=void 0;let h=Ee(e);at(o.icon,h),o.icon.setAttribute("class",`icon icon-${h}`),o.size.textContent=s?"":b(e.size),o.date.textContent=q(e.modified),o.check.setAttribute("aria-label",a("act.select",{name:i})),o.more.setAttribute("aria-label",a("act.more",{name:i}))}var ne=()=>{};function qe(t,e,n){ne();let o=document.activeElement,s=[],i=t.map(u=>{if(!u)return c("div.line",{role:"separator"});let p=c(`button${u.danger?".danger":""}`,{role:"menuitem",tabIndex:-1},w(u.icon),c("span",{},u.label),u.keys?c("kbd",{"aria-hidden":"true"},u.keys):null);return p.onclick=()=>{ne(),u.act()},s.push(p),p}),r=c("div.menu",{role:"menu","aria-label":n?.textContent??""},n?c("div.title",{"aria-hidden":"true"},n):null,...i),l=e instanceof Element&&e.matches("button")?e:null;l?.setAttribute("aria-expanded","true"),ne=()=>{ne=()=>{},l?.setAttribute("aria-expanded","false"),document.removeEventListener("pointerdown",d,!0),removeEventListener("resize",h),removeEventListener("hashchange",h);let u=r.contains(document.activeElement);r.remove(),u&&o?.isConnected&&o.focus()};let h=()=>ne(),d=u=>{r.contains(u.target)||ne()};r.onkeydown=u=>{u.stopPropagation();let p=s.indexOf(document.activeElement),f={ArrowDown:p+1,ArrowUp:p-1,Home:0,End:-1}[u.key];if(f!==void 0)s.at(f%s.length).focus();else if(u.key==="Escape"||u.key==="Tab")ne();else return;u.preventDefault()},document.addEventListener("pointerdown",d,!0),addEventListener("resize",h),addEventListener("hashchange",h),document.querySelector("main").append(r),js(r,e),s[0].focus()}function js(t,e){let{width:n,height:o}=t.getBoundingClientRect(),s=getComputedStyle(document.documentElement).direction==="rtl",i=e.clientX,r=e.clientY;if(e instanceof Element){let l=e.getBoundingClientRect();i=s?l.left:l.right-n,r=l.bottom+4,r+o>innerHeight-8&&(r=l.top-o-4)}else s&&(i-=n);t.style.left=`${Math.max(8,Math.min(i,innerWidth-n-8))}px`,t.style.top=`${Math.max(8,Math.min(r,innerHeight-o-8))}px`}function oo(t,e,{writable:n,does:o}){let[s]=t,i=t.length===1,r=t.every(({kind:h})=>h==="file"),l=(h,d,u,p,f=!1)=>({label:a(`act.${h}`),icon:d,act:u,keys:p,danger:f});qe([...i?[l(r?"view":"open",r?"file":"folder",()=>o.open(s),"Enter")]:[],...r?[l("download","download",()=>o.download(t))]:[],...n?[...i||r?[null]:[],...i?[l("rename","rename",()=>o.rename(s),"F2")]:[],l("move","move",()=>o.move(t)),l("delete","delete",()=>o.remove(t),"Del",!0)]:[]],e,i?O(s.name):document.createTextNode(a("act.selected",{count:t.length})))}function so({reload:t,choose:e}){Be.onclick=()=>qe([{label:a("app.reload"),icon:"reload",act:t},{label:a("app.help"),icon:"text",act:He,keys:"?"},...T()?[null,{label:a("app.signOut"),icon:"signOut",act:dt}]:[]],Be),Y.upload.onclick=()=>qe([{label:a("act.chooseFiles"),icon:"file",act:()=>e(!1)},{label:a("act.chooseFolder"),icon:"folder",act:()=>e(!0)}],Y.upload)}var Lt="lambda-drive upload ",io=()=>T()?new URL(".",document.baseURI).pathname:"",Ct=({path:t,file:e,condition:n})=>Lt+JSON.stringify([io(),t,e.size,e.lastModified,n]);function ro(t){let e=lo(Ct(t));return e&&e.expires>Date.now()?e.upload:null}function It(t,e){let n={upload:t.upload,path:t.path,expires:Date.parse(e)||Date.now()};Se(()=>localStorage.setItem(Ct(t),JSON.stringify(n)))}function $t(t){Se(()=>localStorage.removeItem(Ct(t)))}function ao(){let t=[],e=Lt+JSON.stringify([io()]).slice(0,-1);for(let n of Se(()=>Object.keys(localStorage))??[]){if(!n.startsWith(Lt))continue;let o=lo(n);!o||o.expires<=Date.now()?Se(()=>localStorage.removeItem(n)):n.startsWith(e)&&t.push(o.path)}return t}function lo(t){let e=Se(()=>JSON.parse(localStorage.getItem(t)));return typeof e?.path=="string"&&typeof e.expires=="number"&&/^uploads\/[0-9A-Za-z]+$/.test(e.upload)?e:null}function Se(t){try{return t()}catch{return null}}var Ke=4*1024*1024,Bs=256*1024,co={"Tus-Resumable":"1.0.0"},ho=12e4,oe=class extends Error{};function uo(t,{signal:e,moved:n}){return t.file.size>Ke?qs(t,{signal:e,moved:n}):Hs(t,{signal:e,moved:n})}function fo(t){t.prepared||t.file.size>Bs||(t.prepared=po(t.file),t.prepared.catch(()=>{}))}async function Ge(t){await t.beginning?.catch(()=>{});let{upload:e}=t;if(e){t.upload=null,$t(t);try{await C("DELETE",e,{headers:co,safe:!0})}catch(n){if(!(n instanceof y||n instanceof x))throw n}}}async function Hs(t,{signal:e,moved:n}){let o=t.prepared??po(t.file);t.prepared=null;let{bytes:s,digest:i}=await o,r={"Content-Type":"application/octet-stream",...t.condition};i&&(r["Content-Digest"]=`sha-256=:${i}:`);try{let l=await go(e,h=>C("PUT",`files/${$(t.path)}`,{headers:r,body:s,signal:h,retry:!1}));return n(s.byteLength),l.headers.get("ETag")}catch(l){if(l.status!==412||!i)throw l;let h=await Ws(t.path,s.byteLength,i);if(!h)throw l;return n(s.byteLength),h}}async function po(t){let e=await mo(t,t.size);return{bytes:e,digest:await wo(e)}}async function Ws(t,e,n){let o={"Want-Content-Digest":"sha-256=1"};try{if((await R(t)).size!==e)return null;let s=await C("GET",`files/${$(t)}`,{headers:o,cache:"no-store"});return await s.body?.cancel(),s.headers.get("Content-Digest")?.includes(`sha-256=:${n}:`)?s.headers.get("ETag"):null}catch(s){if(s.status===404)return null;throw s}}async function qs(t,{signal:e,moved:n}){let o=await Zs();for(;;){e.throwIfAborted(),t.upload??=ro(t),t.upload||(t.beginning=Ks(t),await t.beginning.finally(()=>{t.beginning=null}),e.throwIfAborted());let s=await Gs(o,t,{signal:e,moved:n});if($t(t),t.upload=null,s)return s}}async function Ks(t){let e={...co,...t.condition,"Upload-Length":String(t.file.size),"Upload-Metadata":`filename ${bo(new TextEncoder().encode(t.path))}`},n=await go(null,o=>C("POST","uploads",{headers:e,signal:o,retry:!1}));t.upload=`uploads/${n.headers.get("Location").split("/").pop()}`,It(t,n.headers.get("Upload-Expires"))}function Gs(t,e,{signal:n,moved:o}){return new Promise((s,i)=>{let r,l=(p,f)=>{clearTimeout(r),n.removeEventListener("abort",h),p(f)},h=()=>{u.abort(),l(i,n.reason)},d=()=>{clearTimeout(r),r=setTimeout(()=>{u.abort(),l(i,new x("no answer"))},ho)},u=new t.Upload(e.file,{uploadUrl:new URL(e.upload,document.baseURI).href,chunkSize:Ke,retryDelays:null,fingerprint:async()=>null,httpStack:Vs(t,e,n),async onAfterResponse(p,f){if(d(),f.getStatus()>=300)throw await mt(Xs(f));It(e,f.getHeader("Upload-Expires"))},onProgress(p){d(),o(p)},onSuccess({lastResponse:p}){let f=p.getHeader("ETag");l(s,f??Ys(e))},onError(p){let f=p.causingError??p;if(f.status===404||f.status===410)return l(s,null);let v=f instanceof y||f instanceof oe;l(i,v?f:new x(f.message))}});n.addEventListener("abort",h),d(),u.start()})}async function Ys(t){try{let{etag:e,size:n}=await R(t.path);return n===t.file.size?e:null}catch(e){if(e.status===404)return null;throw e}}function Vs(t,e,n){let o=new t.DefaultHttpStack;return{getName:()=>"DriveStack",createRequest(s,i){let r=o.createRequest(s,i),l=r.send.bind(r);return r.send=async h=>{let d=h&&await mo(h,h.size),u=d&&await wo(d);return n.throwIfAborted(),e.sentToken=T(),e.sentToken&&r.setHeader("Authorization",`Bearer ${e.sentToken}`),u&&r.setHeader("Upload-Checksum",`sha256 ${u}`),l(d)},r}}}function Xs(t){return{status:t.getStatus(),headers:{get:e=>t.getHeader(e)??null},json:async()=>JSON.parse(t.getBody())}}var Dt=null;function Zs(){return Dt??=new Promise((t,e)=>{let n=document.createElement("script");n.src="page/tus.js?v=8cbb1b63fccc3bba",n.onload=()=>t(window.tus),n.onerror=()=>{Dt=null,e(new x("page/tus.js?v=8cbb1b63fccc3bba"))},document.head.append(n)}),Dt}async function mo(t,e){let n;try{n=await t.arrayBuffer()}catch(o){throw new oe(o.message)}if(n.byteLength!==e)throw new oe(`${n.byteLength} bytes of ${e}`);return n}async function go(t,e){let n=new AbortController,o=()=>n.abort(t.reason);t?.aborted&&o(),t?.addEventListener("abort",o);let s=setTimeout(()=>n.abort(new x("no answer")),ho);try{return await e(n.signal)}finally{clearTimeout(s),t?.removeEventListener("abort",o)}}async function wo(t){return globalThis.crypto.subtle?bo(new Uint8Array(await crypto.subtle.digest("SHA-256",t))):null}function bo(t){return btoa(String.fromCharCode(...t))}var Me=60,Pt=4,Js=250,yo=3,Ye=class{#e=!1;#n=new Map;#t=new Set;#o="";constructor(e,n){this.queue=n,this.element=e,this.title=c("h2",{id:"transfers-title"}),this.facts=c("p.facts"),this.bar=c("progress",{max:1,value:0,"aria-label":a("transfer.all")}),this.hold=c("button",{onclick:()=>n.stopped?n.resumeAll():n.pauseAll()}),this.retry=c("button",{onclick:()=>n.retryAll()}),this.cancel=c("button",{onclick:()=>this.#a()},a("transfer.cancel")),this.fold=c("button.plain",{"aria-label":a("transfer.fold"),onclick:()=>this.#h()},w("sorted")),this.close=c("button.plain",{"aria-label":a("transfer.clear"),onclick:()=>this.#r()},w("close")),this.space=c("div.all",{role:"list"}),this.list=c("div.uploads",{tabIndex:0,role:"group","aria-labelledby":"transfers-title",onscroll:()=>this.#s()},this.space),e.classList.add("transfers"),e.setAttribute("role","region"),e.setAttribute("aria-labelledby","transfers-title"),e.append(c("div.top",{},c("div.text",{},this.title,this.facts),this.fold,this.close),this.bar,c("div.acts",{},this.hold,this.retry,this.cancel),this.list),this.#l(),this.#s()}update(){this.#e||(this.#e=!0,setTimeout(()=>requestAnimationFrame(()=>{this.#e=!1,this.#s()}),Js))}busy(e){let n={text:e};return this.#t.add(n),this.update(),()=>{this.#t.delete(n),this.update()}}#s(){let{queue:e}=this,{length:n,by:o}=e;if(this.element.hidden=n+this.#t.size===0&&!this.reminder,this.element.hidden)return;let s=o.running.size+o.waiting.size+o.paused.size+o.asking.size;this.#i(s),this.bar.hidden=!s,this.bar.value=e.bytes?e.sent/e.bytes:Qs(o)/(e.count||1),Ae(this.hold,a(e.stopped?"transfer.resume":"transfer.pause")),this.hold.hidden=s===0,Ae(this.retry,a("transfer.again",{count:o.failed.size})),this.retry.hidden=o.failed.size===0,this.cancel.hidden=s===0,this.fold.hidden=n===0,this.close.hidden=s+this.#t.size>0,this.#c(n),o.running.size&&this.update()}#i(e){let{queue:n}=this,{by:o}=n,[s]=this.#t,i=s?s.text:e?a(n.stopped?"transfer.paused":"transfer.running",{count:e}):a("transfer.done",{count:o.done.size}),r=[];if(e){r.push(a("transfer.of",{done:b(n.sent),all:b(n.bytes)}));let h=n.stopped?0:n.rate;h&&(r.push(a("transfer.rate",{size:b(h)})),r.push(a("transfer.left",{time:ti((n.bytes-n.sent)/h)})))}o.failed.size&&r.push(a("transfer.failed",{count:o.failed.size})),Ae(this.title,i),Ae(this.facts,r.join(" · "));let l=s||!n.length?"":`${e>0} ${n.stopped} ${o.failed.size>0}`;l!==this.#o&&l&&D([i,...r.slice(e?3:0)].join(". ")),this.#o=l}#c(e){if(this.list.hidden=e===0||this.element.classList.contains("folded"),this.list.hidden)return;this.space.style.height=`${e*Me}px`;let n=Math.max(0,Math.floor(this.list.scrollTop/Me)-Pt),o=this.list.clientHeight||Me*Pt,s=Math.min(e,n+Math.ceil(o/Me)+2*Pt),i=this.queue.window(n,s),r=new Set(i);for(let[l,h]of this.#n)r.has(l)||(h.element.remove(),this.#n.delete(l));i.forEach((l,h)=>{let d=this.#n.get(l);d||(d=new Nt(l,this.queue),this.#n.set(l,d),this.space.append(d.element)),d.draw(n+h,e)})}#h(){this.element.classList.toggle("folded"),this.fold.setAttribute("aria-expanded",String(!this.element.classList.contains("folded"))),this.#s()}#r(){this.reminder?.remove(),this.reminder=null,this.queue.clear(),this.#s(),document.dispatchEvent(new CustomEvent("drive:focus"))}async#a(){let{running:e,waiting:n,paused:o,asking:s}=this.queue.by,i=e.size+n.size+o.size+s.size;await N({title:a("transfer.cancelTitle",{count:i}),body:a("transfer.cancelText"),choices:[{value:"cancel",label:a("transfer.cancelDo"),kind:"danger"}],cancel:a("transfer.keep")})&&await this.queue.cancelAll()}#l(){let e=ao();if(!e.length)return;let n=e.slice(0,yo).map(m).join(", ")+(e.length>yo?" …":"");this.reminder=c("p.reminder",{},a("transfer.unfinished",{count:e.length,names:n})),this.list.before(this.reminder)}},Nt=class{constructor(e,n){Object.assign(this,{upload:e,queue:n,state:null,path:null}),this.name=c("div.path"),this.bar=c("progress",{max:1}),this.said=c("div.said"),this.hold=c("button.plain",{onclick:()=>this.#t()}),this.cancel=c("button.plain",{onclick:()=>n.cancel(e)},w("close")),this.element=c("div.upload",{role:"listitem"},c("div.text",{},this.name,this.bar,this.said),this.hold,this.cancel)}draw(e,n){let{upload:o,element:s}=this;s.style.transform=`translateY(${e*Me}px)`,s.setAttribute("aria-posinset",e+1),s.setAttribute("aria-setsize",n),o.path!==this.path&&(this.path=o.path,this.name.replaceChildren(O(o.path)),this.name.title=m(o.path),this.bar.setAttribute("aria-label",m(o.path)));let{state:i,sent:r,file:l}=o;i!==this.state&&this.#e(i),this.bar.value=i==="done"?1:l.size?r/l.size:0,Ae(this.said,this.#n())}#e(e){this.state=e,this.element.dataset.state=e;let n=m(this.upload.path),o={waiting:"pause",running:"pause",paused:"resume",failed:"again"}[e];this.hold.hidden=!o,o&&(this.hold.setAttribute("aria-label",a(`transfer.${o}One`,{name:n})),this.hold.replaceChildren(w(o==="again"?"reload":o))),this.cancel.hidden=["done","skipped","cancelled"].includes(e),this.cancel.setAttribute("aria-label",a("transfer.cancelOne",{name:n})),this.bar.hidden=e==="done"||e==="failed"}#n(){let{state:e,sent:n,file:o,error:s,trouble:i}=this.upload;if(s)return s instanceof oe?a("transfer.changed"):k(s);if(i)return k(i);let r=b(o.size);if(e==="running"||e==="paused"){let l=a("transfer.of",{done:b(n),all:r});return e==="paused"?`${a("transfer.paused")} · ${l}`:l}return{waiting:a("transfer.waiting"),asking:a("transfer.asking")}[e]??r}#t(){let{queue:e,upload:n}=this;n.state==="paused"||n.state==="failed"?e.resume(n):e.pause(n)}};function Qs(t){return t.done.size+t.skipped.size+t.cancelled.size}function Ae(t,e){t.textContent!==e&&(t.textContent=e)}var ei=[["second",60],["minute",60],["hour",24],["day",1/0]];function ti(t){let e=Math.max(1,t);for(let[n,o]of ei){let s=Math.ceil(e);if(s<o||o===1/0)return new Intl.NumberFormat(V,{style:"unit",unit:n,unitDisplay:"long"}).format(s);e/=o}}var vo=8,ni=4,ko=1e3,oi=6e4,si=6,ii=8e3,ri=new Set([408,429,503]),ai=new Set(["internal","digest-mismatch","checksum-mismatch",""]),li=new Set(["busy","upload-locked","offset-conflict","maintenance","not-configured"]),ge=class{constructor(e,n,o){Object.assign(this,{file:e,path:n,condition:o,state:"",sent:0,trouble:null,error:null}),this.directory=n.slice(0,Math.max(n.lastIndexOf("/"),0)),this.upload=this.beginning=this.control=this.sentToken=this.prepared=null}},Rt=["failed","asking","running","paused","waiting","done","skipped","cancelled"],xo=new Set(["done","skipped","cancelled"]),Ve=class{constructor({changed:e,done:n,overtaken:o,full:s}){Object.assign(this,{changed:e,done:n,overtaken:o,full:s}),this.by=Object.fromEntries(Rt.map(i=>[i,new Set])),this.held=!1,this.#e(),an(()=>this.#l())}#e(){for(let e of xo)this.by[e].clear();this.bytes=this.sent=this.count=0;for(let e of this.by.failed)this.#n(e);this.samples=[]}#n(e){this.count++,this.bytes+=e.file.size,this.sent+=e.sent}get active(){let{running:e,waiting:n,asking:o,paused:s}=this.by;return e.size+n.size+o.size+s.size>0}get stopped(){let{running:e,waiting:n,paused:o}=this.by;return e.size===0&&o.size+n.size>0}add(e){this.active||this.#e();for(let n of e)this.#n(n),this.#t(n,n.error?"failed":"waiting");this.#i()}window(e,n){let o=[],s=0;for(let i of Rt){let{size:r}=this.by[i];if(s+r>e&&s<n){let l=s;for(let h of this.by[i]){if(l>=n)break;l++>=e&&o.push(h)}}s+=r}return o}get length(){return Rt.reduce((e,n)=>e+this.by[n].size,0)}pause(e){(e.state==="waiting"||e.state==="running")&&this.#s(e,"paused")}resume(e){e.state!=="paused"&&e.state!=="failed"||(this.#t(e,"waiting"),this.stopped&&(this.held=!1),this.#i())}cancel(e){if(!xo.has(e.state))return this.#s(e,"cancelled"),this.#o(e,0),Ge(e)}skip(e){return this.#s(e,"skipped"),this.#o(e,0),Ge(e)}pauseAll(){this.held=!0;for(let e of[...this.by.running])this.pause(e);this.changed()}resumeAll(){this.held=!1;let e=[...this.by.waiting];for(let n of[...this.by.paused])this.#t(n,"waiting");for(let n of e)this.#t(n,"waiting");this.#i()}async cancelAll(){this.held=!1;let{waiting:e,running:n,paused:o,asking:s}=this.by;await Promise.all([e,o,s,n].flatMap(i=>[...i]).map(i=>this.cancel(i)))}clear(){this.by.failed.clear(),this.#e(),this.changed()}retryAll(){this.held=!1;for(let e of[...this.by.failed])this.#t(e,"waiting");this.#i()}async goOn(e,n,o=e.path){await Ge(e),Object.assign(e,{condition:n,path:o}),this.#o(e,0),e.state==="asking"&&this.#t(e,"waiting"),this.#i()}get rate(){let e=performance.now();this.samples=this.samples.filter(([s])=>e-s<ii),this.samples.push([e,this.sent]);let[[n,o]]=this.samples;return e-n<500?0:Math.max(0,(this.sent-o)/(e-n)*1e3)}#t(e,n){this.by[e.state]?.delete(e),e.state=n,n!=="failed"&&(e.error=null),e.trouble=null,this.by[n].add(e),this.changed()}#o(e,n){this.sent+=n-e.sent,e.sent=n,this.changed()}#s(e,n){let{control:o}=e;e.control=null,this.#t(e,n),o?.abort(new DOMException("stopped","AbortError")),this.#i()}#i(){let{running:e,waiting:n}=this.by;for(;!this.held&&n.size;){let[s]=n,i=s.file.size>Ke||[...e].some(r=>r.upload);if(e.size>=(i?ni:vo))break;this.#c(s)}let o=this.held?0:vo;for(let s of n){if(o--<=0)break;fo(s)}}async#c(e){this.#t(e,"running");let n=e.control=new AbortController;try{if(e.etag=await this.#r(e,n.signal),e.control!==n)return;e.control=null,this.#o(e,e.file.size),this.#t(e,"done"),this.done(e)}catch(o){if(n.signal.aborted||e.control!==n)return;e.control=null,this.#h(e,o)}this.#i()}#h(e,n){if(n.status===412&&n.type==="precondition-failed"){this.#t(e,"asking"),this.overtaken(e);return}e.error=n,this.#t(e,"failed"),(n.type==="no-space"||n.status===507)&&(this.pauseAll(),this.full(n))}async#r(e,n){let o=ko;for(let s=1;;s++){let i=e.sent;try{let r=await this.#a(e,n);return te(null),r}catch(r){if(n.throwIfAborted(),e.sent>i&&([s,o]=[1,ko]),r.status===401){await le(e.sentToken);continue}if(!ci(r,s))throw r;e.trouble=r,te(r),this.changed(),await ce(Math.max((r.retryAfter??0)*1e3,o*(.5+Math.random())),n),o=Math.min(o*2,oi)}}}async#a(e,n){let o=e.attempt=new AbortController,s=()=>o.abort(n.reason);n.addEventListener("abort",s);let i=r=>{n.aborted||(e.trouble=null,this.#o(e,r))};e.sentToken=T();try{return await uo(e,{signal:o.signal,moved:i})}finally{n.removeEventListener("abort",s)}}#l(){for(let e of this.by.running)e.attempt?.abort(new x("the machine slept"))}};function ci(t,e){return t instanceof x?!0:t instanceof y?ri.has(t.status)||li.has(t.type)?t.body.status!=="fail":ai.has(t.type)&&(t.status>=500||t.type!=="")&&e<si:!1}async function To(t,e,n){let s=[...t.items].filter(({kind:r})=>r==="file").map(r=>r.webkitGetAsEntry?.()??r.getAsFile()).filter(Boolean),i={files:[],directories:[]};for(let r of s)await So(r,Mo(e,r.name),i,n);return i}function Eo(t,e){return[...t].map(n=>({file:n,path:Mo(e,n.webkitRelativePath||n.name)}))}async function So(t,e,n,o){if(t instanceof File){n.files.push({file:t,path:e});return}try{if(t.isFile){n.files.push({file:await new Promise((i,r)=>t.file(i,r)),path:e});return}let s=!0;for await(let i of hi(t))s=!1,await So(i,`${e}/${i.name}`,n,o);s&&n.directories.push(e)}catch(s){o(e,s)}}async function*hi(t){let e=t.createReader();for(;;){let n=await new Promise((o,s)=>e.readEntries(o,s));if(!n.length)return;yield*n}}function Mo(t,e){return t?`${t}/${e}`:e}var di=2e3,Xe=null,Ze=new Set,Ao=null,Ut=new Set,Ft=null,F=new Ve({changed:()=>Xe?.update(),done:t=>Oo(t.directory),overtaken:t=>{Ze.add(t),Ao??=mi().finally(()=>{Ao=null})},full:t=>U(k(t),{kind:"wrong"})});addEventListener("beforeunload",t=>{F.active&&t.preventDefault()});var J={mount(t){Xe=new Ye(t,F)},async add(t,{known:e=new Map,directories:n=[]}={}){let o=Xe?.busy(a("transfer.looking"));try{let{access:s,max_file_bytes:i}=await Ie();if(s==="read-only")throw new y(403,{type:"read-only"});let r=ui(F.active,t);F.add(pi(await fi(r,e),i??1/0));for(let l of n)await Z(l),Oo(M(l))}catch(s){U(k(s),{kind:"wrong"})}finally{o?.()}},async fromDrop(t,e,{known:n}={}){let o=Xe?.busy(a("transfer.reading")),s=[];try{let i=To(t,e,(h,d)=>s.push(a("error.failedFor",{name:m(h),why:d.message}))),{files:r,directories:l}=await i;await J.add(r,{known:n,directories:l})}finally{o?.()}s.length&&U(a("transfer.unreadable"),{kind:"wrong",details:s})},fromInput(t,e,{known:n}={}){let o=Eo(t.files,e);return t.value="",J.add(o,{known:n})},get active(){return F.active}};function ui(t,e){if(!t)return e;let n=({file:h,path:d})=>`${h.size} ${h.lastModified} ${d}`,{running:o,waiting:s,paused:i,asking:r}=F.by,l=new Set([o,s,i,r].flatMap(h=>[...h].map(n)));return e.filter(h=>!l.has(n(h)))}async function fi(t,e){let n=await kn(t.map(({path:r})=>r),e),o=t.filter(({path:r})=>n.get(r)?.kind==="file").map(r=>({...r,entry:n.get(r.path)})),s=o.length?await kt(o):"skip",i=new Set(t.map(({path:r})=>r));return t.flatMap(({file:r,path:l})=>{let h=n.get(l);if(h?.kind!=="file")return[new ge(r,l,ue)];if(s==="skip")return[];if(s==="replace")return[new ge(r,l,{"If-Match":h.etag})];let d=fe(l,u=>n.has(u)||i.has(u));return i.add(d),[Object.assign(new ge(r,d,ue),{both:!0})]})}function pi(t,e){for(let n of t){if(n.file.size<=e)continue;let o=a("transfer.tooLarge",{size:b(n.file.size),largest:b(e)});n.error=Object.assign(new Error(o),{final:!0})}return t}async function mi(){for(;Ze.size;){let t=[...Ze];Ze.clear();let e=[];for(let o of t){if(o.state!=="asking")continue;let s=await xn(o.path);o.both&&s?await F.goOn(o,ue,fe(o.path,i=>i===o.path)):s?e.push({upload:o,path:o.path,file:o.file,entry:s}):await F.goOn(o,ue)}if(!e.length)continue;let n=await kt(e,{overtaken:!0});for(let{upload:o,path:s,entry:i}of e)o.state==="asking"&&(n==="skip"?await F.skip(o):n==="replace"?await F.goOn(o,{"If-Match":i.etag}):(o.both=!0,await F.goOn(o,ue,fe(s,r=>r===s))))}}function Oo(t){for(let e=t;Ut.add(e),!!e;e=M(e));Ft??=setTimeout(zo,di),F.active||zo()}function zo(){clearTimeout(Ft),Ft=null;let t=[...Ut];Ut.clear();for(let e of t)document.dispatchEvent(new CustomEvent("drive:changed",{detail:{directory:e}}))}function Lo({place:t,hover:e}){let n=o=>o.dataTransfer?.types.includes("Files");document.addEventListener("dragover",o=>{if(!n(o))return;o.preventDefault();let s=t(o.target);o.dataTransfer.dropEffect=s?"copy":"none",e(s?s.directory:null)}),document.addEventListener("dragleave",o=>{o.relatedTarget||e(null)}),document.addEventListener("drop",o=>{if(!n(o))return;o.preventDefault(),e(null);let s=t(o.target);s&&J.fromDrop(o.dataTransfer,s.directory,s)}),document.addEventListener("paste",o=>{let s=o.target.closest("input, dialog")?null:t(o.target);!s||!o.clipboardData.files.length||(o.preventDefault(),J.fromDrop(o.clipboardData,s.directory,s))})}function _t(t,e){let n=c("input",{type:"file",multiple:!0,webkitdirectory:e});n.onchange=()=>J.fromInput(n,t.directory,t),n.click()}var gi=256*1024,Co=/\.(7z|bz2|exe|gz|heic|jar|parquet|rar|rtf|docx?|pptx?|so|tar|tgz|tiff?|xlsx?|xz|zip|zst)$/i,Io={picture:"img",audio:"audio",video:"video"},$o={open(t,e,n=[e]){let o=n.map(s=>({path:E(M(t),s.name),entry:s}));return new Promise(s=>new jt({path:t,entry:e},o,s))}},jt=class{#e=null;constructor(e,n,o){this.siblings=n,this.at=Math.max(0,n.findIndex(({path:i})=>i===e.path)),this.before=document.activeElement,this.title=c("h2",{id:"preview-title"}),this.facts=c("p.facts"),this.stage=c("div.stage");let s=(i,r,l)=>c("button.plain",{"aria-label":a(`preview.${i}`),title:a(`preview.${i}`),onclick:l},w(r));this.previous=s("previous","previous",()=>this.#t(-1)),this.next=s("next","next",()=>this.#t(1)),this.close=s("close","close",()=>this.dialog.close()),this.dialog=c("dialog.preview",{"aria-labelledby":"preview-title"},c("div.top",{},c("div.text",{},this.title,this.facts),this.previous,this.next,s("download","download",()=>ve.save(this.file.path,this.file.entry)),this.close),this.stage),this.dialog.onkeydown=i=>this.#n(i),this.dialog.onclose=()=>{this.#e?.abort(),this.dialog.remove(),this.before?.isConnected&&this.before.focus(),o()},this.previous.hidden=this.next.hidden=n.length<2,document.body.append(this.dialog),this.dialog.showModal(),this.close.focus(),this.#o(n[this.at]??e)}#n(e){if(e.stopPropagation(),e.defaultPrevented||e.altKey||e.ctrlKey||e.metaKey||e.target.closest("audio, video"))return;let n=getComputedStyle(this.dialog).direction==="rtl"?-1:1,o={ArrowLeft:-n,ArrowRight:n}[e.key];o&&(e.preventDefault(),this.#t(o))}#t(e){let{length:n}=this.siblings;this.at=(this.at+e+n)%n,this.#o(this.siblings[this.at])}async#o(e){this.#e?.abort();let n=this.#e=new AbortController,{signal:o}=n;this.file=e;let{path:s,entry:i}=e;this.title.replaceChildren(O(i.name)),this.title.title=m(s);let r=[b(i.size),q(i.modified)];this.siblings.length>1&&r.push(a("preview.of",{at:this.at+1,all:this.siblings.length})),this.facts.textContent=r.filter(Boolean).join(" · "),D(`${m(i.name)}. ${r.join(", ")}`),this.#l(c("p.facts",{},a("preview.loading"))),this.stage.setAttribute("aria-busy","true");try{let l=await this.#s(e,o);o.aborted||this.#l(l)}catch(l){o.aborted||this.#a(k(l))}finally{o.aborted||this.stage.removeAttribute("aria-busy")}}async#s({path:e,entry:n},o){let s=Ee({...n,kind:"file"});return/\.pdf$/i.test(e)?navigator.pdfViewerEnabled===!1?this.#r(a("preview.noPdf")):this.#i("iframe",{path:e,entry:n},o):Io[s]&&!Co.test(e)?this.#i(Io[s],{path:e,entry:n},o):s==="archive"||Co.test(e)?this.#r(a("preview.noPreview")):this.#h({path:e,entry:n},o)}async#i(e,{path:n,entry:o},s){let i=await this.#c(e,{path:n,entry:o},s);if(!i)return this.#r(a("preview.noPreview"));let r=c(e);return e==="img"?r.alt=m(o.name):e==="iframe"?r.title=m(o.name):(r.controls=!0,r.preload="metadata",r.setAttribute("aria-label",m(o.name))),r.onerror=()=>{s.aborted||this.#a(a("preview.unshown"))},s.addEventListener("abort",()=>{r.onerror=null,r.removeAttribute("src"),e!=="img"&&e!=="iframe"&&r.load(),i.release()}),r.src=i.url,r}async#c(e,{path:n,entry:o},s){let i=await ye(n);if(i)return i;if(e==="iframe"||o.size>_e)return null;let r=URL.createObjectURL(await St(n,{signal:s}));return{url:r,release:()=>URL.revokeObjectURL(r)}}async#h({path:e,entry:n},o){if(!n.size)return c("pre",{},"");let s={Range:`bytes=0-${gi-1}`},i=await C("GET",`files/${$(e)}`,{headers:s,signal:o,cache:"no-store"}),r=new Uint8Array(await i.arrayBuffer());if(r.includes(0))return this.#r(a("preview.noPreview"));let l=Number(i.headers.get("X-File-Size")??r.length),h=new TextDecoder().decode(r,{stream:r.length<l}),d=c("pre",{tabIndex:0,dir:"auto",role:"region","aria-label":m(n.name)},h),u=r.length<l&&a("preview.cut",{size:b(r.length),all:b(l)});return u?[c("p.facts",{},u),d]:d}#r(e){let{path:n,entry:o}=this.file;return c("div.nothing",{},w(Ee({...o,kind:"file"})),c("p",{},e),c("button.primary",{onclick:()=>ve.save(n,o)},a("preview.download")))}#a(e){this.#l(this.#r(e))}#l(e){this.stage.replaceChildren(...[e].flat()),this.dialog.contains(document.activeElement)||this.close.focus()}};var Do=1e3,wi=3e4;function Qe(t){return t instanceof x||t instanceof y&&(t.status===429||t.status>=500)&&t.status!==507}var Je=class{#e=null;#n=!1;#t=Do;#o=new AbortController;constructor(e){this.attempt=e}async begin(e){if(this.#e=e,!this.#n){for(this.#n=!0;this.#e;){this.#o=new AbortController;let n=Math.max((this.#e.retryAfter??0)*1e3,this.#t*(.5+Math.random()/2));await ce(n,this.#o.signal).catch(()=>{}),this.#t=Math.min(this.#t*2,wi),this.#e&&await this.#s()}this.#n=!1}}now(){this.#n?this.#o.abort():this.#s()}over(){this.#e=null,this.#t=Do,this.#o.abort()}async#s(){try{await this.attempt()}catch(e){this.#e=Qe(e)?e:null}}};var et=class{#e=new Set;#n=null;get size(){return this.#e.size}has(e){return this.#e.has(e.name)}of(e){return e.filter(n=>this.has(n))}only(e){this.#e=new Set([e.name]),this.#n=e.name}toggle(e){this.#e.delete(e.name)||this.#e.add(e.name),this.#n=e.name}extend(e,n){let o=Math.max(e.findIndex(s=>s.name===this.#n),0);this.#n??=e[o].name,this.#e=new Set(e.slice(Math.min(o,n),Math.max(o,n)+1).map(({name:s})=>s))}startAt(e){this.size||(this.#n=e.name)}all(e){this.#e=new Set(e.map(({name:n})=>n))}clear(){this.#e.clear()}keepOf(e){let n=new Set(e.map(({name:o})=>o));for(let o of this.#e)n.has(o)||this.#e.delete(o)}};var tt=class{#e=null;#n=null;constructor(e,n){this.folder=n,this.count=c("span"),this.bar=c("progress",{hidden:!0,"aria-label":a("list.loading")}),this.stop=c("button.plain.strong",{hidden:!0,onclick:()=>this.#e?.abort()},a("act.stop")),this.rest=c("button.plain.strong",{hidden:!0,onclick:()=>this.#o()},a("list.loadRest")),e.append(this.count,this.bar,this.stop,this.rest)}get text(){return this.count.textContent}async sort(e,n){this.#n={by:e,descending:n},this.folder().complete?await this.#t():await this.#o()}async search(e){let n=this.folder();await n.search(e),D(this.text),e&&!n.complete&&await this.#o()}async#t(){let e=this.#n;this.#n=null,e&&await this.folder().sort(e.by,e.descending)}async#o(){if(this.#e)return;let e=this.folder(),n=this.#e=new AbortController;e.leaving.signal.addEventListener("abort",()=>n.abort()),this.tell();try{await e.all(()=>this.tell(),n.signal)}catch(s){e===this.folder()&&D(k(s))}this.#e=null,e===this.folder()?await this.#t():this.#n=null;let o=this.stop===document.activeElement||this.rest===document.activeElement;this.tell(),o&&document.activeElement?.hidden!==!1&&document.dispatchEvent(new CustomEvent("drive:focus")),D(this.text)}tell(){let{complete:e,entries:n,order:o,query:s,view:i}=this.folder(),r=this.#e!==null,l=n.length,h=s?a("list.found",{count:i.length}):a(e?"list.count":"list.countLoaded",{count:l}),d=!e&&(s||o.by);this.count.textContent=r?a("list.loadingAll",{count:l}):d?`${h}. ${a("list.partly")}`:l||s?h:"",this.bar.hidden=this.stop.hidden=!r,this.rest.hidden=!d||r}};var Oe=t=>`#/${t.split("/").map(encodeURIComponent).join("/")}`;function Po(){try{return location.hash.replace(/^#?\/*/,"").replace(/\/+$/,"").split("/").map(decodeURIComponent).join("/")}catch{return""}}var g={folder:new ke("",()=>{}),keepsVersions:!0,writable:!0,async patch(t,e,n){g.folder.path===t&&(await g.folder.patch(e),n!==void 0&&_.goTo(n)&&_.focus())},async reload(t=g.folder.path){if(!(g.folder.path!==t||B)){if(Bt){ot=!0;return}Bt=!0;try{do ot=!1,await g.folder.reload();while(ot)}catch(e){g.folder.leaving.signal.aborted||Ho(e)}finally{Bt=ot=!1}}},changed(){Wt()&&Q(),it().catch(()=>{})}};g.folder.complete=!0;var j=new et,W=new Ue(g),ze=new Map,No=!0,B=null,jo=null,nt=null,Bt=!1,ot=!1,Ro=null,_=new We(me,j,{address:t=>Oe(E(g.folder.path,t.name)),open:Uo,menu:(t,e)=>oo(se(t),e,{writable:g.writable,does:{open:Uo,download:Wo,rename:n=>W.rename(n),move:n=>W.move(n),remove:n=>W.remove(n)}}),more:()=>{B||g.folder.more().catch(()=>{})},selected:ie,sort(t){let{order:e}=g.folder;Le.sort(t,e.by===t&&!e.descending)},act(t,e){g.writable&&(e==="rename"?W.rename(t):W.remove(se(t)))}}),Le=new tt(At,()=>g.folder),st=new Je(()=>B?Ht(g.folder.path):it());function Bo(){let{folder:t}=g;j.keepOf(t.entries),Zn();let e=m(S(t.path))||a("app.root"),n=_.show(t.view,{complete:t.complete,order:t.order,label:a("list.label",{name:e})});!t.view.length&&t.complete&&bi(),n&&Q(),ie(),Le.tell()}function bi(){g.folder.query?Te("search",a("list.none",{query:m(g.folder.query)})):g.writable?Te("upload",a("list.empty"),a("list.emptyText"),[[a("act.chooseFiles"),()=>_t(qt(),!1),!0],[a("act.newFolder"),()=>W.makeFolder()]]):Te("folder",a("list.empty"))}function Wt(){let{activeElement:t,body:e}=document;return t===e||!t.getClientRects().length}function Q(){_.view.length?_.focus():G.focus()}async function Ht(t){nt?.leaving.abort();let e=nt=new ke(t,()=>{g.folder===e&&Bo()});document.body.setAttribute("aria-busy","true"),Yn(t,Oe);let n=null;try{await e.start()}catch(o){n=o}if(nt===e){if(document.body.setAttribute("aria-busy","false"),nt=null,n instanceof y&&n.status===409&&t){ze.set(M(t),{name:S(t),top:0}),location.replace(Oe(M(t)));return}yi(e,n)}}function yi(t,e){let n=g.folder;B!==null&&n.path===t.path||vi(n,t),g.folder=t,B=null;let s=m(S(t.path));if(document.title=s?`${s} - ${a("app.brand")}`:a("app.brand"),e){Ho(e);return}rt();let i=ze.get(t.path);_.enter(i?.name,i?.top??0,t.view),Bo(),!No&&[document.body,G].includes(document.activeElement)&&Q(),No=!1,D(`${s||a("app.root")}, ${Le.text}`)}function vi(t,e){t.leaving.abort(),ze.set(t.path,{name:_.view[_.active]?.name,top:me.scrollTop}),t.path&&M(t.path)===e.path&&ze.set(e.path,{...ze.get(e.path),name:S(t.path)}),j.clear(),H.value=""}function Ho(t){let{folder:e}=g;if(Qe(t)&&e.view.length)return;B=t,e.entries=[],e.complete=!0,e.view=[],_.show([],{complete:!0,order:e.order,label:a("app.root")});let n=t.status===404||t.status===400;Te(n?"folder":"warning",n?a("error.folderGone"):k(t),"",[n?[a("app.root"),()=>{location.hash="#/"},!0]:[a("error.again"),()=>st.now(),!0]]),ie(),Le.tell(),Wt()&&G.focus(),D(G.textContent),rt()}function rt(){let t=B??he.now??jo;vn(B?null:t),t&&Qe(t)?st.begin(t):st.over()}async function it(){let t=await Ie();g.writable=t.access!=="read-only",g.keepsVersions=t.trash_days>0,Vn(t.used_bytes,t.max_drive_bytes),ie(),jo=t.status==="fail"?new y(503,{type:"unhealthy",detail:t.reason}):null,rt()}function ie(){let t=j.size>0&&se().every(({kind:n})=>n==="file"),e=document.activeElement!==document.body;Xn(j.size,{files:t,writable:g.writable,failed:B!==null}),e&&Wt()&&Q()}function se(t){return!t||j.has(t)?j.of(g.folder.view):[t]}function qt(){let{path:t,entries:e}=g.folder;return{directory:t,known:new Map(e.map(n=>[E(t,n.name),n]))}}function Uo(t){let e=E(g.folder.path,t.name);t.kind==="directory"?location.hash=Oe(e):$o.open(e,t,g.folder.view.filter(({kind:n})=>n==="file"))}function Wo(t){for(let e of t)ve.save(E(g.folder.path,e.name),e)}function ki(){j.all(g.folder.view),_.render(),ie(),Q()}function Fo(){return j.size?(j.clear(),_.render(),ie(),Q(),!0):!1}function xi(){g.folder.path&&(location.hash=Oe(M(g.folder.path)))}function _o(t){H.value=t,j.clear(),Le.search(t.trim())}function Ti(t){Jn(t===null?null:m(S(t))||a("app.root"))}function Ei(t){if(!g.writable||B||document.querySelector("dialog"))return null;let e=_.entryAt(t);return e?.kind==="directory"?{directory:E(g.folder.path,e.name)}:qt()}function Si(){document.documentElement.lang=Jt,document.title=a("app.brand"),Gn(),J.mount(zt),eo(),ht(t=>{t===null&&location.reload()}),he.onchange=rt,addEventListener("offline",()=>te(new x("offline"))),addEventListener("hashchange",()=>Ht(Po())),to({clear:Fo,focusList:Q,search:_o,selectAll:ki,up:xi}),document.addEventListener("drive:focus",Q),document.addEventListener("drive:changed",({detail:t})=>{g.reload(t.directory),Ro??=it().catch(()=>{}).finally(()=>{Ro=null})}),Lo({place:Ei,hover:Ti}),H.oninput=()=>_o(H.value),so({choose:t=>_t(qt(),t),reload:()=>B?st.now():g.reload()}),Y.newFolder.onclick=()=>W.makeFolder(),A.clear.onclick=Fo,A.download.onclick=()=>Wo(se()),A.rename.onclick=()=>W.rename(se()[0]),A.move.onclick=()=>W.move(se()),A.delete.onclick=()=>W.remove(se()),ie(),it().catch(()=>{}),Ht(Po())}Si();
