function c(n,e={},...t){let[o,...s]=n.split("."),i=document.createElement(o);o==="button"&&(i.type="button"),s.length&&(i.className=s.join(" "));for(let[r,a]of Object.entries(e))r.includes("-")||r==="role"?i.setAttribute(r,a):i[r]=a;return i.append(...t.flat().filter(r=>r!=null)),i}function L(n){return c("bdi",{},m(n))}function m(n){return n.replace(/[\0-\x1f]/g,e=>String.fromCharCode(9216+e.charCodeAt(0))).replace(/\x7f/g,"␡").replace(/[\x80-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,e=>`[U+${e.charCodeAt(0).toString(16).toUpperCase().padStart(4,"0")}]`)}var un="http://www.w3.org/2000/svg",ss={archive:"M4 4h16v4H4zM5.5 8v12h13V8M10 12h4",audio:"M9 18V5l11-2v13M9 18a3 2 0 1 1-6 0 3 2 0 0 1 6 0ZM20 16a3 2 0 1 1-6 0 3 2 0 0 1 6 0Z",close:"M6 6l12 12M18 6L6 18",delete:"M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5",download:"M12 4v11M7 11l5 5 5-5M5 20h14",file:"M6 3h8l5 5v13H6zM14 3v5h5",folder:"M3 6v13h18V8h-9l-2-2z",more:"M12 6v.01M12 12v.01M12 18v.01",move:"M3 6v13h18V8h-9l-2-2zM8 13.5h7M12.5 11l2.5 2.5-2.5 2.5",newFolder:"M3 6v13h18V8h-9l-2-2zM12 11v5M9.5 13.5h5",next:"M9 5l7 7-7 7",pause:"M8.5 5v14M15.5 5v14",picture:"M4 5h16v14H4zM4 16l5-5 8 8M14 15l2-2 4 4M15 9v.01",previous:"M15 5l-7 7 7 7",reload:"M19 12a7 7 0 1 1-2-5M19 3v5h-5",rename:"M4 20h4L19 9l-4-4L4 16zM13 7l4 4",resume:"M8 5l11 7-11 7z",search:"M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM15 15l6 6",signOut:"M14 4H5v16h9M10 12h10M16 8l4 4-4 4",sorted:"M12 19V5M6 11l6-6 6 6",text:"M6 3h8l5 5v13H6zM14 3v5h5M9 13h7M9 17h4",upload:"M12 16V5M7 9l5-5 5 5M5 20h14",video:"M4 6h11v12H4zM15 10l5-3v10l-5-3",warning:"M12 4L3 20h18zM12 10v4M12 17v.1"};function b(n){let e=document.createElementNS(un,"svg");return e.setAttribute("viewBox","0 0 24 24"),e.setAttribute("aria-hidden","true"),e.setAttribute("class",`icon icon-${n}`),bt(e,n),e}function bt(n,e){(n.firstChild??n.appendChild(document.createElementNS(un,"path"))).setAttribute("d",ss[e])}var pn=`
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
`;var mn=`
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
`;var Be=(navigator.languages??[navigator.language]).flatMap(n=>{try{return[new Intl.Locale(n).maximize()]}catch{return[]}}).find(({language:n,script:e})=>n==="en"||n==="zh"&&e==="Hant"),wn=Be?.language==="zh",gn=new Map;for(let[,n,e,t]of(pn+mn).matchAll(/(.+)\n {2}(.+)\n {2}(.+)/g))gn.set(n,(wn?t:e).split(" | "));var bn=wn?"zh-Hant":"en",J=Be?new Intl.Locale(Be.language,{region:Be.region}).toString():"en",is=new Intl.PluralRules(J),rs=new Intl.NumberFormat(J),as=/[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;function l(n,e={}){let t=gn.get(n);if(!t)throw new Error(`no words for ${n}`);return(t.length>1&&is.select(e.count)==="one"?t[0]:t.at(-1)).replace(/\{(\w+)\}/g,(s,i)=>{let r=e[i];return typeof r=="number"?rs.format(r):as.test(r)?`⁨${r}⁩`:r})}var yn=["kilobyte","megabyte","gigabyte","terabyte","petabyte"],ls=yn.map(n=>new Intl.NumberFormat(J,{style:"unit",unit:n,maximumSignificantDigits:3})),cs=new Intl.DateTimeFormat(J,{dateStyle:"medium",timeStyle:"short"});function y(n){if(n<1e3)return l("list.bytes",{count:n});let e=0;for(n/=1e3;n>=999.5&&e<yn.length-1;)n/=1e3,e++;return ls[e].format(n)}function G(n){let e=new Date(n);return Number.isNaN(e.getTime())?"":cs.format(e)}var hs=0;function R(n){let{title:e,body:t=[],choices:o=[],input:s,option:i,cancel:r,cancelValue:a,stays:h,signal:d}=n,f=`dialog-${++hs}`,u=s&&ds(s,f),p=i?c("input",{type:"checkbox"}):null,z=c("button",{},r??l("dialog.cancel")),v=o.map(({label:N,kind:$="",value:q})=>c(`button${$?`.${$}`:""}`,{value:q},N)),Z=c("form",{noValidate:!0},c("h2",{id:f},e),...[t].flat().map(N=>typeof N=="string"?c("p",{},N):N),u?.row,p&&c("label.tick",{},p,i),c("div.buttons",{},h?null:z,...[...v].reverse()));return xe(Z,f,{signal:d,stays:h,start(N){let $=T=>{u?.wrong()||N({choice:T,value:u?.input.value,option:!!p?.checked})};z.onclick=()=>a===void 0?N(null):$(a);for(let T of v)T.onclick=()=>$(T.value);Z.onsubmit=T=>{T.preventDefault(),$(o[0].value)};let q=v.find((T,fn)=>o[fn].kind!=="danger")??z;(u?.input??q).focus(),u&&s.select&&u.input.setSelectionRange(...s.select)}})}function ds({label:n,value:e="",check:t=()=>"",type:o="text"},s){let i=c("p.wrong",{id:`${s}-wrong`,role:"alert"}),r=c("input",{type:o,value:e,autocomplete:"off",spellcheck:!1,dir:"auto","aria-describedby":i.id}),a=()=>(i.textContent=t(r.value)||"",r.setAttribute("aria-invalid",!!i.textContent),i.textContent&&r.focus(),i.textContent);return r.oninput=()=>{i.textContent&&a()},{row:c("div.field",{},c("label",{},n,r),i),input:r,wrong:a}}function xe(n,e,{start:t,signal:o,stays:s=!1}={}){return new Promise(i=>{let r=document.activeElement,a=c("dialog",{"aria-labelledby":e},n),h=null,d=u=>{h=u,a.close()},f=()=>d(null);a.onclose=()=>{o?.removeEventListener("abort",f),a.remove(),r?.isConnected&&r.focus(),i(h)},a.oncancel=u=>{s&&u.preventDefault()},a.onpointerdown=u=>{u.target===a&&!s&&!a.querySelector("input:not([type=checkbox])")&&d(null)},a.onkeydown=u=>u.stopPropagation(),o?.addEventListener("abort",f),document.body.append(a),a.showModal(),t?.(d)})}var vn=new URL(".",document.baseURI).pathname,vt=`lambda-drive token ${vn}`,fs=300,ce=new BroadcastChannel(`lambda-drive ${vn}`),kn=new Set,xn=null,yt=null;ce.onmessage=({data:n})=>{let e=S();n.ask&&e&&ce.postMessage({token:e}),n.out&&e&&Et(null)};function S(){return sessionStorage.getItem(vt)}function kt(n){kn.add(n)}function En(n){xn=n}function he(n){return S()!==n?Promise.resolve():(yt??=(async()=>{Et(await us(n)??await xn(n))})().finally(()=>{yt=null}),yt)}function xt(){ce.postMessage({out:!0}),Et(null)}function Et(n){if(n!==S()){n===null?sessionStorage.removeItem(vt):sessionStorage.setItem(vt,n);for(let e of kn)e(n)}}function us(n){return new Promise(e=>{let t=({data:i})=>{i.token&&i.token!==n&&o(i.token)},o=i=>{ce.removeEventListener("message",t),clearTimeout(s),e(i)},s=setTimeout(o,fs,null);ce.addEventListener("message",t),ce.postMessage({ask:!0})})}var Tt=new Set,Sn=new Set,Tn=Date.now();function Mn(n){Sn.add(n)}function de(n,e){return new Promise((t,o)=>{e?.throwIfAborted();let s=()=>{Tt.delete(s),clearTimeout(r),e?.removeEventListener("abort",i),t()},i=()=>{o(e.reason),s()},r=setTimeout(s,n);Tt.add(s),e?.addEventListener("abort",i)})}function An(){for(let n of[...Tt])n()}function On(){for(let n of Sn)n();An()}addEventListener("online",On);document.addEventListener("visibilitychange",()=>{document.hidden||An()});setInterval(()=>{let n=Date.now();n-Tn>9e4&&On(),Tn=n},5e3);var ps=4,ms=400,zn=8e3,ws=new Set(["GET","HEAD","OPTIONS"]),gs=new Set([500,502,504]),bs=/\.lambda-url\.[a-z0-9-]+\.on\.aws$|^(localhost|127\.0\.0\.1|\[::1\])$/,g=class extends Error{constructor(e,{type:t="",detail:o="",retryAfter:s=null,body:i={}}={}){super(`${e} ${t} ${o}`),Object.assign(this,{status:e,type:t,detail:o,retryAfter:s,body:i})}},k=class extends Error{},fe={onchange:null,now:null};function ie(n){fe.now!==n&&(fe.now=n,fe.onchange?.(n))}function I(n){let e=ys(n);if(e)throw new g(400,{type:"invalid-name",detail:e});return n.split("/").map(encodeURIComponent).join("/")}var Cn=n=>!/^\.{0,2}$|\//.test(n);function ys(n){return n.split("/").every(Cn)?n.includes("?")&&!bs.test(location.hostname)?`at this address no name can have a '?', got '${n}'`:"":`no part of a name is empty, '.' or '..', got '${n}'`}function St(n){return new URL(`files/${I(n)}`,document.baseURI).href}function In(n){return n?`files/${I(n)}/`:"files/"}async function C(n,e,t={}){let{headers:o={},body:s,signal:i,safe:r=ws.has(n),retry:a=!0,cache:h}=t,d=ms;for(let f=1;;f++){let u=S(),p;try{let v=await vs(n,e,{headers:o,body:s,signal:i,cache:h,sent:u});return ie(null),v}catch(v){p=v,p.repeated=f>1}if(p instanceof g&&p.type==="unauthorized"){await he(u),i?.throwIfAborted();continue}if(Ln(p,!0)&&ie(p),!a||f>=ps||!Ln(p,r))throw p;let z=Math.max((p.retryAfter??0)*1e3,d*(.5+Math.random()));if(z>zn*2)throw p;await de(z,i),d=Math.min(d*2,zn)}}async function vs(n,e,{headers:t,body:o,signal:s,cache:i,sent:r}){let a=r?{...t,Authorization:`Bearer ${r}`}:t,h;try{h=await fetch(e,{method:n,headers:a,body:o,signal:s,cache:i,redirect:"error"})}catch(d){throw s?.aborted?s.reason:new k(d.message)}if(h.ok||h.status===304)return h;throw await Mt(h)}async function Mt(n){let e={};try{e=Object(await n.json())}catch{}let t=/^application\/problem\+json\b/.test(n.headers.get("Content-Type")??""),o=n.headers.get("Retry-After")??"";return new g(n.status,{type:t?String(e.type??"").split(":").pop():"",detail:String(e.detail??e.Message??e.message??""),retryAfter:/^\d{1,6}$/.test(o)?Number(o):null,body:e})}function Ln(n,e){return n instanceof k?e:n instanceof g?n.status===429||n.status===423?!0:n.status===503?n.body.status!=="fail"&&(e||n.type!==""):e&&gs.has(n.status):!1}async function Q(n,{cursor:e=null,signal:t}={}){let o=await At(In(n),{cursor:e,signal:t});return{entries:o.entries.filter(({name:s})=>Cn(s)),cursor:o.cursor}}async function At(n,{cursor:e=null,...t}){let o=e===null?"":`?${new URLSearchParams({cursor:e})}`,s=await C("GET",n+o,{...t,cache:"no-store"});return Ee(s,"json",t.signal)}async function Ee(n,e,t){try{return await n[e]()}catch(o){throw t?.throwIfAborted(),new k(o.message)}}async function He({signal:n,retry:e}={}){try{return await At("health",{signal:n,retry:e})}catch(t){if(t instanceof g&&t.body.status==="fail")return t.body;throw t}}async function U(n,{signal:e}={}){let{headers:t}=await C("HEAD",`files/${I(n)}`,{signal:e,cache:"no-store"}),o=new Date(t.get("Last-Modified"));return{etag:t.get("ETag"),size:Number(t.get("X-File-Size")),modified:Number.isNaN(o.getTime())?"":o.toISOString()}}async function ee(n,{signal:e}={}){return(await C("PUT",In(n),{signal:e,safe:!0})).status===201}function $n(n,e,{etag:t,overwrite:o=!1,signal:s}={}){let i={Destination:Nn(e),Overwrite:o?"T":"F"};return t&&(i["If-Match"]=t),Rn(`files/${I(n)}`,i,{to:e,etag:t,signal:s})}async function We(n,e,{signal:t}={}){try{let o=e?{"If-Match":e}:{};await C("DELETE",`files/${I(n)}`,{headers:o,signal:t,safe:!0})}catch(o){if(!(o.repeated&&(o.status===404||o.status===412&&!await ks(n))))throw o}}async function ks(n){try{return await U(n),!0}catch(e){if(e.status===404)return!1;throw e}}function Dn({cursor:n=null,signal:e}={}){return At("trash/",{cursor:n,signal:e})}function Pn(n,{to:e=n.path,overwrite:t=!1,ifMatch:o,signal:s}={}){let i={Destination:Nn(e),Overwrite:t?"T":"F"};return o&&(i["If-Match"]=o),Rn(`trash/${I(n.id)}`,i,{to:e,etag:n.etag,signal:s})}function Nn(n){return new URL(St(n)).pathname}async function Rn(n,e,{to:t,etag:o,signal:s}){try{return(await C("POST",n,{headers:e,signal:s})).headers.get("ETag")}catch(i){if(!o||s?.aborted||!(i instanceof k||i.status>=500||i.status===404)||(await U(t,{signal:s}).catch(()=>null))?.etag!==o)throw i;return o}}var Ot=c("div.hidden",{role:"status","aria-live":"polite"}),qe=c("div.banner",{role:"alert",hidden:!0}),Lt=c("div.notes"),Ge={live:Ot,banner:qe,notes:Lt};function D(n){Ot.textContent=Ot.textContent===n?`${n} `:n}var K=null;function F(n,{action:e,kind:t="done",details:o=[]}={}){K?.remove(),K=c(`div.note.${t}`,{},t==="done"?null:b("warning"),c("div.text",{},c("span",{},n),o.length?xs(o):null));let s=K;if(e){let[i,r]=e;K.append(c("button.plain.strong",{onclick:()=>{zt(s),r()}},i))}K.append(c("button.plain",{"aria-label":l("dialog.close"),onclick:()=>zt(s)},b("close"))),Lt.append(K),D([n,...o.slice(0,3)].join(". "))}function Un(){K?.querySelector(".strong")?.click()}function zt(n){let e=n.contains(document.activeElement);n.remove(),K===n&&(K=null),e&&document.dispatchEvent(new CustomEvent("drive:focus"))}function xs(n){return c("ul",{},...n.slice(0,5).map(e=>c("li",{dir:"auto"},e)),n.length>5?c("li",{},"…"):null)}function ue(n){let e=new AbortController,t=c("progress",{"aria-label":n}),o=c("span.count"),s=c("div.note.working",{},c("div.text",{},c("span",{},n," ",o),t),c("button.plain.strong",{onclick:()=>e.abort()},l("act.stop"))),i=setTimeout(()=>{Lt.append(s),D(n)},400);return{signal:e.signal,progress(r,a){o.textContent=a?`${r} / ${a}`:String(r),a&&Object.assign(t,{max:a,value:r})},end(){clearTimeout(i),s.isConnected&&zt(s)}}}function Fn(n){qe.hidden=!n,n?qe.replaceChildren(b("warning"),c("span",{},x(n))):qe.replaceChildren()}var Te=class extends Error{};function x(n){if(n instanceof k)return l("error.offline");if(n instanceof Te)return n.message;if(!(n instanceof g))return console.error(n),l("error.page");let{status:e,type:t,detail:o}=n,s={"invalid-name":"name","not-found":"notFound","no-space":"full","read-only":"readOnly","upload-locked":"busy",busy:"busy",conflict:"conflict",maintenance:"maintenance",unhealthy:"unhealthy"}[t]??{403:"forbidden",404:"notFound",429:"brake"}[e]??(e>=500?"internal":"anyway");return l(`error.${s}`,{detail:o||`HTTP ${e}`})}var _n=1e3,Es=3e4;function te(n){return n instanceof k||n instanceof g&&(n.status===429||n.status>=500)&&n.status!==507}var Ke=class{#e=null;#n=!1;#t=_n;#o=new AbortController;constructor(e){this.attempt=e}async begin(e){if(this.#e=e,!this.#n){for(this.#n=!0;this.#e;){this.#o=new AbortController;let t=Math.max((this.#e.retryAfter??0)*1e3,this.#t*(.5+Math.random()/2));await de(t,this.#o.signal).catch(()=>{}),this.#t=Math.min(this.#t*2,Es),this.#e&&await this.#s()}this.#n=!1}}now(){this.#n?this.#o.abort():this.#s()}over(){this.#e=null,this.#t=_n,this.#o.abort()}async#s(){try{await this.attempt()}catch(e){this.#e=te(e)?e:null}}};var pe=Object.freeze({"If-None-Match":"*"}),Ts=3,Ss=20,Ct=4;async function jn(n,e,{signal:t}={}){let o=new Map(e),s=new Map;for(let r of n){if(o.has(r))continue;let a=r.slice(0,Math.max(r.lastIndexOf("/"),0));s.set(a,(s.get(a)??0)+1)}let i=[];for(let r of[...s.keys()].sort()){if(s.get(r)<=Ts||i.some(h=>r.startsWith(`${h}/`)))continue;let a=await Ms(r,t);a||i.push(r);for(let h of a??[])o.set(r?`${r}/${h.name}`:h.name,h)}return o}async function Ms(n,e){let t=[],o=null;try{for(let s=0;s<Ss;s++){let i=await Q(n,{cursor:o,signal:e});if(t.push(...i.entries),o=i.cursor,o===null)break}}catch(s){if(s.status===404||s.type==="conflict")return null;throw s}return t}async function Bn(n){try{return{name:n.slice(n.lastIndexOf("/")+1),kind:"file",...await U(n)}}catch(e){if(e instanceof g&&!te(e))return null;throw e}}async function It(n,{overtaken:e=!1}={}){let t=n.slice(0,Ct).map(({path:i,file:r,entry:a})=>c("li",{},L(i),c("span",{},l("transfer.there",{old:`${y(a.size)}, ${G(a.modified)}`,new:`${y(r.size)}, ${G(new Date(r.lastModified).toISOString())}`}))));n.length>Ct&&t.push(c("li",{},l("transfer.andMore",{count:n.length-Ct})));let o=n.length;return(await R({title:l(e?"transfer.overtaken":"transfer.isThere",{count:o}),body:[c("ul.conflicts",{},...t),l("transfer.replaceText")],choices:[{value:"both",label:l("clash.both"),kind:"primary"},{value:"replace",label:l("clash.replace"),kind:"danger"}],cancel:l("clash.skip")}))?.choice??"skip"}function me(n,e){let t=n.lastIndexOf("/")+1,o=n.lastIndexOf("."),s=o>t?o:n.length,[,i,r]=/^(.*?)(?: \((\d{1,6})\))?$/s.exec(n.slice(t,s));for(let a=Number(r??1)+1;;a++){let h=`${n.slice(0,t)}${i} (${a})${n.slice(s)}`;if(!e(h))return h}}var As=4,E=(n,e)=>n?`${n}/${e}`:e,A=n=>n.slice(0,Math.max(0,n.lastIndexOf("/"))),M=n=>n.slice(n.lastIndexOf("/")+1),Se=class{done=[];kept=[];failures=[]};async function*$t(n,e,t){e.push(n);let o=null,s=0;do{let i=await Q(n,{cursor:o,signal:t});for(let r of i.entries){s++;let a=E(n,r.name);r.kind==="directory"?yield*$t(a,e,t):yield{path:a,entry:r}}o=i.cursor===o?null:i.cursor}while(o!==null);s||(yield{path:n,entry:null})}async function*Os(n,e,t,o){for(let s of e){let i=E(n,s.name);s.kind==="directory"?yield*$t(i,t,o):yield{path:i,entry:s}}}async function Dt(n,e,t,{signal:o,progress:s=()=>{}}){let i=null,r=async()=>{for(;;){if(o?.aborted)return;let{value:a,done:h}=await n.next();if(h||o?.aborted)return;try{await e(a)}catch(d){if(o?.aborted)return;t.failures.push({path:a.path,error:d})}s(t.done.length)}};await Promise.all(Array.from({length:As},()=>r().catch(a=>{i??=a}))),i&&!o?.aborted&&t.failures.push({path:"",error:i})}async function Hn(n,e,{signal:t,progress:o,decide:s}){let i=Object.assign(new Se,{files:[],directories:[]}),r=[];await Dt(Os(n,e,r,t),async({path:h,entry:d})=>{if(!d)return;let f=await zs(h,d,s,u=>We(h,u));if(f===null){i.kept.push(h);return}i.done.push(h),i.files.push({path:h,etag:f,entry:d})},i,{signal:t,progress:o});let a=[...i.kept,...i.failures.map(({path:h})=>h)];for(let h of r.reverse())if(!(t?.aborted||a.some(d=>d.startsWith(`${h}/`))))try{await We(h,null),i.directories.push(h),i.done.push(h)}catch(d){d.status!==404&&i.failures.push({path:h,error:d})}return i}async function zs(n,e,t,o){let s=e;for(;;)try{return await o(s.etag),s.etag}catch(i){if(i.status===404)return s.etag;if(i.status!==412)throw i;let r=await U(n).catch(Ls);if(r&&!await t.changed(n,s,r))return null;if(!r)return s.etag;s=r}}var Ls=n=>{if(n.status===404)return null;throw n};async function Wn({files:n,directories:e},{signal:t,progress:o,decide:s}){let i=Object.assign(new Se,{missing:0,elsewhere:!1}),r=new Map(n.map(d=>[`${d.etag} ${d.path}`,d])),a=[],h=null;for(;r.size&&!t?.aborted;){let d=await Dn({cursor:h,signal:t});for(let f of d.versions)r.delete(`${f.etag} ${f.path}`)&&a.push(f);if(d.cursor===null||d.cursor===h)break;h=d.cursor}i.missing=r.size,await Dt(a.values(),async d=>{let f=await qn(d.path,s,(u,p)=>Pn(d,{to:u,overwrite:p}));i[f===null?"kept":"done"].push(d.path),i.elsewhere||=f!==d.path},i,{signal:t,progress:d=>o(d,a.length)});for(let d of[...e].reverse())!t?.aborted&&!i.done.some(f=>f.startsWith(`${d}/`))&&await ee(d);return i}async function qn(n,e,t){let o=new Set;for(let s=!1,i=n;;)try{return await t(i,s),i}catch(r){if(r.status!==412&&r.status!==409)throw r;let a=o.size?"both":await e.clash(n,r.status===412);if(a==="skip")return null;s=a==="replace",o.add(i),s||(i=me(n,h=>o.has(h)))}}async function Gn(n,e,t,{signal:o,progress:s,decide:i}){let r=Object.assign(new Se,{moved:[]});for(let a of e){if(o?.aborted)break;let h=E(n,a.name),d=t(a),f=r.kept.length+r.failures.length;try{a.kind==="directory"?await Cs(h,d,r,{signal:o,progress:s,decide:i}):await Kn(h,d,a,r,i)}catch(p){o?.aborted||r.failures.push({path:h,error:p})}!o?.aborted&&f===r.kept.length+r.failures.length&&r.moved.push({entry:a,path:a.kind==="directory"?d:r.done.at(-1)}),s(r.done.length)}return r}async function Kn(n,e,t,o,s){let i=t,r=await qn(e,s,async(a,h)=>{for(;;)try{await $n(n,a,{etag:i.etag,overwrite:h});return}catch(d){if(d.status!==412)throw d;let f=await U(n);if(f.etag===i.etag)throw d;if(!await s.changed(n,i,f))throw new Ye;i=f}}).catch(a=>{if(a instanceof Ye)return null;throw a});r===null?o.kept.push(n):o.done.push(r)}var Ye=class extends Error{};async function Cs(n,e,t,{signal:o,progress:s,decide:i}){if(!await ee(e)&&!await i.merge(e)){t.kept.push(n);return}let r=[],a=h=>e+h.slice(n.length);await Dt($t(n,r,o),async({path:h,entry:d})=>{d?await Kn(h,a(h),d,t,i):h!==n&&await ee(a(h))},t,{signal:o,progress:s});for(let h of r.reverse()){if(o?.aborted)return;await We(h,null).catch(d=>{if(![404,409].includes(d.status))throw d})}}function Yn({title:n,start:e,refuse:t}){let o=c("nav.crumbs",{"aria-label":l("app.path")}),s=c("ul.folders"),i=c("p.note",{role:"status"}),r=c("button",{},l("dialog.cancel")),a=c("button.primary",{},l("move.do")),h=c("div.chooser",{},c("h2",{id:"chooser"},n),o,s,i,c("div.buttons",{},r,a)),d=e,f=null,u=async(p,z=null)=>{d=p,f?.abort();let{signal:v}=f=new AbortController,Z=p?p.split("/"):[];o.replaceChildren(...["",...Z].map(($,q)=>{let T=c("button.plain",{onclick:()=>u(Z.slice(0,q).join("/"))},q?L($):l("app.root"));return q===Z.length&&T.setAttribute("aria-current","page"),T}));let N=t(p);a.disabled=!!N,i.textContent=N||l("list.loading"),z===null&&s.replaceChildren();try{let $=await Q(p,{cursor:z,signal:v}),q=$.entries.filter(({kind:T})=>T==="directory");if(s.append(...q.map(({name:T})=>c("li",{},c("button.plain",{onclick:()=>u(E(p,T))},b("folder"),L(T))))),$.cursor!==null){let T=c("button.plain",{},l("list.loadRest"));T.onclick=()=>{T.parentNode.remove(),u(p,$.cursor)},s.append(c("li",{},T))}i.textContent=N||(s.childElementCount?"":l("move.noFolders")),h.contains(document.activeElement)||o.lastChild.focus()}catch($){v.aborted||(i.textContent=x($))}};return xe(h,"chooser",{start(p){r.onclick=()=>p(null),a.onclick=()=>p(d),h.onkeydown=z=>{z.altKey&&z.key==="ArrowUp"&&u(A(d))},u(e),o.lastChild.focus()}}).finally(()=>f.abort())}var Vn=n=>m(M(n))||l("app.root");var Ve=class{#e=Promise.resolve();#n=new Map;constructor(e,{keepsVersions:t,many:o,signal:s}){Object.assign(this,{act:e,keepsVersions:t,many:o,signal:s})}async changed(e,t,o){return await this.#t("changed","keep",{title:l("changed.title",{name:m(M(e))}),body:[l("changed.text"),...Is(t,o)],choices:[{value:"act",label:l(`changed.act.${this.act}`),kind:"danger"}],cancel:l("changed.keep"),cancelValue:"keep"})==="act"}clash(e,t){let o=[{value:"both",label:l("clash.both"),kind:"primary"}];return t&&o.push({value:"replace",label:l("clash.replace"),kind:"danger"}),this.#t(`clash ${t}`,"skip",{title:l("clash.title",{name:m(M(e))}),body:t?l(this.keepsVersions?"clash.replaceTrash":"clash.replaceNoTrash"):[],choices:o,cancel:l(this.many?"clash.skip":"dialog.cancel"),cancelValue:"skip"})}async merge(e){let t={name:m(M(e)),folder:m(M(A(e)))||l("app.root")};return await this.#t("merge","skip",{title:l("clash.mergeTitle"),body:l("clash.mergeText",t),choices:[{value:"merge",label:l("clash.merge"),kind:"primary"}],cancelValue:"skip"})==="merge"}#t(e,t,o){let s=this.#e.then(async()=>{if(this.#n.has(e))return this.#n.get(e);if(this.signal?.aborted)return t;let i=await R({...o,option:this.many?l("clash.option"):void 0,signal:this.signal}),r=i?.choice??t;return i?.option&&this.#n.set(e,r),r});return this.#e=s.catch(()=>{}),s}};function Is(n,e){let t=(o,s)=>`${l(o)}: ${y(s.size)}, ${G(s.modified)}`;return[t("changed.seen",n),t("changed.now",e)]}function Xn(n){return n?n.includes("/")?l("name.slash"):"":l("name.empty")}var Xe=class{constructor(e,t,o){Object.assign(this,{page:e,condition:t,changed:o})}async makeFolder(){let{folder:e}=this.page,t=i=>e.find(i)?l("make.there",{name:m(i)}):"",o=await R({title:l("make.title"),input:{label:l("list.name"),check:i=>Xn(i)||t(i)},choices:[{value:"make",label:l("make.do"),kind:"primary"}]});if(!o)return;let s=o.value;await this.#i(async()=>{await ee(E(e.path,s)),await this.page.patch(e.path,{added:[$s(s)]},s)})}async rename(e){let{folder:t}=this.page,o=e.kind==="file"?e.name.lastIndexOf("."):-1,s=await R({title:l("rename.title",{name:m(e.name)}),input:{label:l("rename.label"),value:e.name,select:[0,o>0?o:e.name.length],check:Xn},choices:[{value:"rename",label:l("rename.do"),kind:"primary"}]});!s||s.value===e.name||await this.#e("rename",[e],t.path,()=>E(t.path,s.value))}async move(e){let{folder:t}=this.page,o=e.filter(({kind:i})=>i==="directory").map(({name:i})=>`${E(t.path,i)}/`),s=await Yn({title:l("move.title",{count:e.length}),start:t.path,refuse:i=>i===t.path?l("move.same"):o.some(r=>`${i}/`.startsWith(r))?l("move.inside"):""});s!==null&&await this.#e("move",e,t.path,i=>E(s,i.name))}async#e(e,t,o,s){let i=ue(l("move.working")),r=this.#o(e,t,i);await this.#i(async()=>{let a=await Gn(o,t,s,{...i,decide:r});i.end();let{moved:h}=a,d=h.map(({entry:v})=>v.name),u=h.filter(({path:v})=>A(v)===o).map(({entry:v,path:Z})=>({...v,name:Pt(Z),folded:void 0}));await this.page.patch(o,{removed:d,added:u},u[0]?.name);let p=A(s(t[0]));p!==o&&this.page.reload(p),this.#t(t,v=>[E(o,v.name),s(v)]);let z=e==="rename"?h.length?l("rename.done",{from:m(t[0].name),to:m(Pt(h[0].path))}):"":l("move.done",{count:h.length,to:Vn(p)});this.#s(h.length?z:"",a)},i)}async remove(e){let{page:{folder:t},condition:o}=this,s=e.length;await o.known();let{keepsVersions:i}=o;if(!i&&!await R({title:l("remove.forGoodTitle",{count:s}),body:l("remove.forGoodText"),choices:[{value:"delete",label:l("remove.forGood"),kind:"danger"}]}))return;let r=ue(l("remove.working")),a=this.#o("delete",e,r);await this.#i(async()=>{let h=await Hn(t.path,e,{...r,decide:a});r.end();let d=new Set(h.done),f=e.filter(({name:v})=>d.has(E(t.path,v)));await this.page.patch(t.path,{removed:f.map(({name:v})=>v)}),this.#t(e,v=>[E(t.path,v.name)]);let u=f.length===1?l("remove.doneOne",{name:m(f[0].name)}):l("remove.done",{count:f.length}),p=()=>this.#n(t.path,h,f),z=i&&h.done.length;this.#s(f.length?u:"",h,z?[l("act.undo"),p]:void 0)},r)}async#n(e,t,o){let s=ue(l("remove.undoing")),i=this.#o("delete",t.files,s);await this.#i(async()=>{let r=await Wn(t,{...s,decide:i});s.end(),r.elsewhere||r.kept.length||r.missing||r.failures.length?await this.page.reload(e):await this.page.patch(e,{added:o},o[0]?.name),this.#t(o,h=>[E(e,h.name)]);let a=r.missing?l("remove.missing",{count:r.missing}):"";this.#s([l("remove.undone",{count:r.done.length}),a].filter(Boolean).join(". "),r)},s)}#t(e,t){for(let o of e.filter(({kind:s})=>s==="directory").flatMap(t))this.page.reload(o,{below:!0})}#o(e,t,o){let s=t.length>1||t.some(({kind:i})=>i==="directory");return new Ve(e,{keepsVersions:this.condition.keepsVersions,many:s,signal:o.signal})}#s(e,{failures:t,kept:o},s){let i=t.map(({path:d,error:f})=>d?l("error.failedFor",{name:m(Pt(d)),why:x(f)}):x(f)),r=o.length?l("move.stay",{count:o.length}):"",a=t.length?l("error.some",{count:t.length}):"",h=[e,r,a].filter(Boolean).join(". ");h&&F(h,{action:s,details:i,kind:t.length?"wrong":"done"})}async#i(e,t){try{await e()}catch(o){t?.signal.aborted||F(`${l("error.title")}. ${x(o)}`,{kind:"wrong"})}finally{t?.end(),this.changed()}}},Pt=n=>n.slice(n.lastIndexOf("/")+1);function $s(n){return{name:n,kind:"directory",size:0,modified:new Date().toISOString(),etag:null}}var re=n=>`#/${n.split("/").map(encodeURIComponent).join("/")}`;function Ze(){try{return location.hash.replace(/^#?\/*/,"").replace(/\/+$/,"").split("/").map(decodeURIComponent).join("/")}catch{return""}}var Je=class{writable=!0;keepsVersions=!1;trouble=null;#e=0;#n=0;#t=null;constructor(e){this.told=e}async look(){let e=++this.#e,t=await He();if(e<this.#n)return;this.#n=e;let o=this.writable;this.writable=t.access!=="read-only",this.keepsVersions=t.trash_days>0,this.trouble=t.status==="fail"?new g(503,{type:"unhealthy",detail:t.reason}):null,this.told(t,o!==this.writable)}lookSoon(){this.#t??=Promise.resolve().then(()=>(this.#t=null,this.look())).catch(()=>{})}async known(){this.#n||await this.look().catch(()=>{})}};var Ds=1e4,Ps=1e4,Qe=new Map,Zn=null;async function Me(n,{save:e=!1}={}){let t=St(n);if(!S())return{url:t,ended:new Promise(()=>{}),release(){}};let o=await Ns();if(!o)return null;let s=crypto.randomUUID(),i=e?setInterval(()=>o.postMessage({awake:!0}),Ps):0,r=new Promise(h=>Qe.set(s,{url:t,end:h})),a=()=>{Qe.delete(s),clearInterval(i)};return{url:`${t}?${e?"save":"view"}=${s}`,ended:r,release:a}}function Ns(){let n=navigator.serviceWorker;if(!n)return null;let e=new Promise(t=>setTimeout(t,Ds,null));return Zn??=Promise.race([Rs(n).catch(()=>null),e]),Zn}async function Rs(n){n.addEventListener("message",Us),n.startMessages();let e=new Promise(o=>n.addEventListener("controllerchange",o,{once:!0})),t=await n.register("page/worker.js",{scope:"./",updateViaCache:"none"});return n.controller||(t.active?.postMessage({claim:!0}),await e),n.controller}async function Us({data:n,ports:e}){if(n.ended)Qe.get(n.ended)?.end(n);else if(n.ask){let t=Qe.get(n.ask)?.url===n.url;t&&n.refused&&await he(n.refused),e[0].postMessage({token:t?S():null})}}var Fs=4*1024*1024,Jn=400,et=512*1024*1024,Qn=Promise.resolve(),Ae={save(n,e){let t=Qn.then(()=>_s(n,e).catch(o=>eo(n,x(o))));return Qn=t,t}};async function _s(n,e){if(!S()){to(n,(await Me(n)).url),await new Promise(i=>setTimeout(i,Jn));return}let t=await Me(n,{save:!0});if(!t)return js(n,e);let o=c("iframe",{src:t.url,hidden:!0,title:l("download.fetching",{name:m(M(n))})});document.body.append(o);let s=await t.ended;t.release(),setTimeout(()=>o.remove(),Jn*10),s.failed===412?F(l("download.changed",{name:m(M(n))}),{kind:"wrong"}):"failed"in s&&eo(n,x(new g(s.failed)))}function eo(n,e){F(l("download.failed",{name:m(M(n)),why:e}),{kind:"wrong"})}async function js(n,e){let t=m(M(n));if(e.size>et){let s={name:t,size:y(e.size),largest:y(et)};F(l("download.tooLarge",s),{kind:"wrong"});return}let o=ue(l("download.fetching",{name:t}));try{let s=await Nt(n,{signal:o.signal,progress:o.progress}),i=URL.createObjectURL(new Blob([s],{type:"application/octet-stream"}));to(n,i),setTimeout(()=>URL.revokeObjectURL(i),6e4)}catch(s){if(o.signal.aborted)return;if(s.status===412)F(l("download.changed",{name:t}),{kind:"wrong"});else throw s}finally{o.end()}}async function Nt(n,{signal:e,progress:t}={}){let{etag:o,size:s}=await U(n,{signal:e}),i=[],r="";for(let a=0;a<s;){let h={Range:`bytes=${a}-${a+Fs-1}`,"If-Match":o},d=await C("GET",`files/${I(n)}`,{headers:h,signal:e,cache:"no-store"}),f=await Ee(d,"blob",e);r=d.headers.get("Content-Type"),i.push(f),a+=f.size,t?.(Math.round(a/s*100),100)}return new Blob(i,{type:r})}function to(n,e){let t=c("a",{href:e,download:M(n)});document.body.append(t),t.click(),t.remove()}var we=(n,e,t="")=>c(`button.tool${t}`,{title:l(`act.${n}`)},b(e),c("span",{},l(`act.${n}`))),_=c("input",{type:"search",placeholder:l("app.search"),"aria-label":l("app.search"),spellcheck:!1,dir:"auto"}),nt=c("button.plain",{"aria-label":l("app.menu"),"aria-haspopup":"menu"},b("more")),Oe=c("nav.crumbs",{"aria-label":l("app.path")}),no=c("span.badge",{hidden:!0},l("app.readOnly")),ge=c("div.scroller"),Y=c("section.panel",{hidden:!0,tabIndex:-1}),Ut=c("div.foot"),oo=c("span"),so=c("div.drop",{hidden:!0,"aria-hidden":"true"},oo),Ft=c("div.transfers"),V={upload:we("choose","upload",".primary"),newFolder:we("newFolder","newFolder")},O={download:we("download","download"),rename:we("rename","rename"),move:we("move","move"),delete:we("delete","delete"),clear:c("button.plain",{"aria-label":l("act.clear"),title:l("act.clear")},b("close")),count:c("span.number")};V.upload.setAttribute("aria-haspopup","menu");var io=c("div.tools",{},no,V.newFolder,V.upload),ro=c("div.tools",{role:"toolbar","aria-label":l("act.selection"),hidden:!0},O.clear,O.count,O.download,O.rename,O.move,O.delete),ao=c("div.bar"),lo=c("span"),tt=c("div.meter",{"aria-hidden":"true"},c("div")),Rt=c("div.usage",{hidden:!0},tt,lo),co=c("main",{},ao,Ge.banner,ge,Y,Ut,so);function ho(){let n=c("button.skip",{onclick:()=>document.dispatchEvent(new CustomEvent("drive:focus"))},l("app.skip"));ao.append(Oe,io,ro),document.body.append(n,c("header",{},c("h1",{},b("folder"),c("span",{},l("app.brand"))),c("label.search",{},b("search"),_,c("kbd",{"aria-hidden":"true"},"/")),Rt,nt),co,c("aside.dock",{"aria-label":l("app.notes")},Ge.notes,Ft),Ge.live)}function _t(n,e){let t=n?n.split("/"):[],o=["",...t].map((s,i)=>{let r=c("a",{href:e(t.slice(0,i).join("/"))},i?L(s):l("app.root"));return i===t.length&&r.setAttribute("aria-current","page"),i&&(r.title=s),c("li",{},r)});Oe.replaceChildren(c("ol",{},...o)),Oe.scrollLeft=Oe.scrollWidth*(getComputedStyle(Oe).direction==="rtl"?-1:1)}function fo(n,e){if(Rt.hidden=!Number.isFinite(n),Rt.hidden)return;let t=e?l("app.usedOf",{used:y(n),all:y(e)}):l("app.used",{used:y(n)});lo.textContent=t,tt.hidden=!e,tt.firstChild.style.width=`${Math.min(1,n/e)*100}%`,tt.classList.toggle("full",n>e*.9)}function uo(n,{files:e,writable:t,ready:o}){io.hidden=n>0,ro.hidden=!n,no.hidden=t;for(let s of Object.values(V))s.hidden=!t||!o;O.count.textContent=l("act.selected",{count:n}),O.download.hidden=!e,O.rename.hidden=!t||n!==1,O.move.hidden=O.delete.hidden=!t,co.classList.toggle("choosing",n>0)}function ze(n,e,t,o=[]){Y.replaceChildren(b(n),c("h2",{},e),t?c("p",{},t):"",c("div.buttons",{},...o.map(([s,i,r])=>c(`button${r?".primary":""}`,{onclick:i},s)))),Y.hidden=!1,ge.hidden=!0}function po(){Y.hidden=!0,ge.hidden=!1}function mo(n){so.hidden=n===null,oo.textContent=n===null?"":l("list.drop",{name:n})}var wo=/Mac|iP/.test(navigator.platform)?"⌘":"Ctrl",Bs=[["↑ ↓","keys.arrows"],["Enter","act.open"],["Backspace","keys.up"],["Space","keys.space"],["Shift ↑ ↓","keys.extend"],[`${wo} A`,"act.selectAll"],["A – Z","keys.type"],["F2","act.rename"],["Delete","act.delete"],[`${wo} Z`,"act.undo"],["Shift F10","keys.context"],["/","app.search"],["Esc","keys.escape"],["?","keys.title"]];function ot(){let n=c("button.primary",{},l("dialog.close"));xe(c("div.keys",{},c("h2",{id:"keys"},l("keys.title")),c("dl",{},...Bs.map(([e,t])=>c("div",{},c("dt",{},c("kbd",{},e)),c("dd",{},l(t))))),c("div.buttons",{},n)),"keys",{start(e){n.onclick=()=>e(null),n.focus()}})}function go(){En(async n=>{for(;;){let e=await R({title:l("token.title"),body:l(n?"token.wrong":"token.ask"),stays:!0,input:{label:l("token.label"),type:"password",check:t=>t.trim()?/^[A-Za-z0-9._~+/-]+=*$/.test(t.trim())?"":l("token.shape"):l("token.empty")},choices:[{value:"open",label:l("token.do"),kind:"primary"}]});if(e)return e.value.trim()}})}function bo(n){document.addEventListener("keydown",e=>{let{key:t}=e,o=e.ctrlKey||e.metaKey,s=e.target.matches("input:not([type=checkbox]), textarea");if(!(e.defaultPrevented||s&&e.target!==_)){if(t==="Escape")s&&_.value?n.search(""):!n.clear()&&s&&n.focusList();else if(s){if(t!=="ArrowDown")return;n.focusList()}else if(o&&t.toLowerCase()==="a")n.selectAll();else if(o&&t.toLowerCase()==="z")Un();else if(t==="/"&&!o)_.focus();else if(t==="?")ot();else if(t==="ArrowDown"&&e.target===document.body)n.focusList();else if(t==="Backspace"&&!o||e.altKey&&t==="ArrowUp")n.up();else return;e.preventDefault()}})}var Hs={archive:"7z bz2 gz rar tar tgz xz zip zst",audio:"aac flac m4a mp3 ogg opus wav",picture:"avif bmp gif heic jpeg jpg png svg tiff webp",text:"css csv doc docx html js json log md odt pdf py rtf sh sql tex toml txt xml yaml",video:"avi m4v mkv mov mp4 mpg webm"},Ws=new Map(Object.entries(Hs).flatMap(([n,e])=>e.split(" ").map(t=>[t,n])));function Le({kind:n,name:e}){return n==="directory"?"folder":Ws.get(e.slice(e.lastIndexOf(".")+1).toLowerCase())??"file"}var yo=12,qs=900,Gs=400,st=class{active=0;view=[];#e=new Map;#n={text:"",at:0};#t=44;#o=0;constructor(e,t,o){Object.assign(this,{scroller:e,selection:t,on:o}),this.all=c("input",{type:"checkbox","aria-label":l("act.selectAll")}),this.all.onclick=()=>this.#f(()=>this.all.checked?t.all(this.view):t.clear()),this.heads=Object.fromEntries(["name","size","date"].map(s=>[s,this.#s(s)])),this.body=c("div.rows",{role:"rowgroup"}),this.grid=c("div.grid",{role:"grid","aria-multiselectable":"true","aria-colcount":5},c("div.head",{role:"rowgroup"},c("div.row",{role:"row","aria-rowindex":1},c("div.check",{role:"columnheader"},this.all),...Object.values(this.heads),c("div.more",{role:"columnheader"},c("span.hidden",{},l("act.selection"))))),this.body),e.append(this.grid),e.addEventListener("scroll",()=>this.#r(),{passive:!0}),new ResizeObserver(()=>this.#r()).observe(e),this.body.addEventListener("click",s=>this.#p(s)),this.body.addEventListener("dblclick",s=>{s.target.closest("input, button, a")||this.on.open(this.entryAt(s.target))}),this.body.addEventListener("contextmenu",s=>this.#u(s)),this.body.addEventListener("keydown",s=>this.#m(s)),this.body.addEventListener("focusin",s=>this.#l(this.#d(s.target)))}#s(e){let t=c("button",{onclick:()=>this.on.sort(e)},c("span",{},l(`list.${e}`)),b("sorted"));return c(`div.${e}`,{role:"columnheader"},t)}show(e,{complete:t,order:o,label:s}){let i=this.#i(),r=new Map(e.map(({name:h},d)=>[h,d])),a=this.view.slice(this.active).find(({name:h})=>r.has(h));this.view=e,this.active=a?r.get(a.name):Math.max(0,e.length-1),this.grid.setAttribute("aria-label",s),this.grid.setAttribute("aria-rowcount",t?e.length+1:-1);for(let[h,d]of Object.entries(this.heads)){let f=o.by!==h?"none":o.descending?"descending":"ascending";d.setAttribute("aria-sort",f)}return this.render(),i!==null&&e.length&&this.focus(i),i!==null&&!e.length}enter(e,t,o){this.view=o,this.active=Math.max(0,o.findIndex(s=>s.name===e)),this.body.style.height=`${o.length*this.#t}px`,this.scroller.scrollTop=t,e!==void 0&&o.length&&this.#c(this.active)}entryAt(e){return this.view[e.closest?.(".row")?.index??-1]}focus(e=""){this.#c(this.active),this.render();let t=this.#e.get(this.active);(e&&t?.querySelector(e)||t)?.focus({preventScroll:!0})}goTo(e){let t=this.view.findIndex(o=>o.name===e);return t>=0&&this.#l(t),t>=0}#i(){let e=document.activeElement;if(!this.body.contains(e))return null;let{control:t}=e.dataset;return t?`[data-control=${t}]`:""}#r(){this.#o||=requestAnimationFrame(()=>{this.render()})}render(){cancelAnimationFrame(this.#o),this.#o=0,this.#t=parseFloat(getComputedStyle(this.scroller).getPropertyValue("--row"));let{scrollTop:e,clientHeight:t}=this.scroller,o=this.view.length;this.body.style.height=`${o*this.#t}px`;let s=Math.max(0,Math.floor(e/this.#t)-yo),i=Math.min(o,Math.ceil((e+t)/this.#t)+yo),r=this.#i()===null?-1:this.#d(document.activeElement),a=d=>d>=s&&d<i||d===this.active;for(let[d,f]of this.#e)(d>=o||!a(d)&&d!==r)&&(f.remove(),this.#e.delete(d));let h=[];for(let d=s;d<i;d++)h.push(d);this.active<o&&(this.active<s||this.active>=i)&&h.push(this.active);for(let d of h)this.#e.has(d)||this.#h(d);for(let[d,f]of this.#e)this.#a(f,d);this.all.checked=o>0&&this.selection.size>=o,this.all.indeterminate=this.selection.size>0&&!this.all.checked,i>o-Gs&&this.on.more()}#h(e){let t=Ks(),o=[...this.#e.keys()].filter(s=>s>e);this.body.insertBefore(t,o.length?this.#e.get(Math.min(...o)):null),this.#e.set(e,t)}#a(e,t){let o=this.view[t];e.entry!==o&&Ys(e,o,this.on.address(o));let s=this.selection.has(o);e.setAttribute("aria-selected",s),e.parts.check.checked=s,(e.index!==t||e.height!==this.#t)&&(e.style.transform=`translateY(${t*this.#t}px)`,e.setAttribute("aria-rowindex",t+2),Object.assign(e,{index:t,height:this.#t}));let i=t===this.active?0:-1;if(e.tabIndex!==i||e.tabbed!==i){e.tabbed=i;for(let r of[e,...e.querySelectorAll("[data-control]")])r.tabIndex=i}}#l(e){e<0||e===this.active||(this.active=e,this.render())}#c(e){let t=e*this.#t,o=this.scroller.clientHeight-this.body.offsetTop;t<this.scroller.scrollTop?this.scroller.scrollTop=t:t+this.#t>this.scroller.scrollTop+o&&(this.scroller.scrollTop=t+this.#t-o)}#d(e){return e.closest(".row")?.index??-1}#f(e){e(),this.render(),this.on.selected()}#p(e){let t=this.#d(e.target),o=this.view[t];if(!o)return;let s=e.target.closest("[data-control]")?.dataset.control;if(s==="more"){this.on.menu(o,e.target.closest("button"));return}let{selection:i}=this,r=e.ctrlKey||e.metaKey;if(s==="name"&&!r&&!e.shiftKey){o.kind==="file"&&this.on.open(o);return}if(s!=="check"&&e.preventDefault(),e.pointerType==="touch"&&!s&&!i.size){this.on.open(o);return}this.#l(t),this.#f(()=>{e.shiftKey?i.extend(this.view,t):r||s==="check"||e.pointerType==="touch"?i.toggle(o):i.only(o)}),s||this.focus()}#u(e){let t=this.entryAt(e.target);if(!t)return;e.preventDefault(),this.selection.has(t)||this.#f(()=>this.selection.only(t));let o=e.clientX||e.clientY;this.on.menu(t,o?e:e.target)}#m(e){let{key:t,shiftKey:o}=e,s=e.ctrlKey||e.metaKey,i=this.view[this.active],r=e.target.classList.contains("row"),a=Math.max(1,Math.floor((this.scroller.clientHeight-this.body.offsetTop)/this.#t)-1),h=this.view.length-1,d={ArrowDown:this.active+1,ArrowUp:this.active-1,Home:0,End:h,PageDown:this.active+a,PageUp:this.active-a}[t];if(d!==void 0&&!e.altKey){let f=Math.max(0,Math.min(h,d));o&&this.selection.startAt(i),this.#l(f),o&&this.#f(()=>this.selection.extend(this.view,f)),this.focus()}else if(t===" "&&r)this.#f(()=>o?this.selection.extend(this.view,this.active):this.selection.toggle(i));else if(t==="Enter"&&r&&!s&&!e.altKey)this.on.open(i);else if(t==="F2"||t==="Delete"||t==="Backspace"&&e.metaKey)this.on.act(i,t==="F2"?"rename":"delete");else if(t==="ContextMenu"||t==="F10"&&o)this.#u(e);else if(t.length===1&&!s&&!e.altKey&&r&&!" /?".includes(t))this.#w(t);else return;e.preventDefault()}#w(e){let t=Date.now(),o=(t-this.#n.at>qs?"":this.#n.text)+e.toLowerCase();this.#n={text:o,at:t};let s=this.active+(o.length===1?1:0),r=[...this.view.slice(s),...this.view.slice(0,s)].find(a=>a.name.toLowerCase().startsWith(o));r&&this.goTo(r.name)&&this.focus()}};function Ks(){let n={check:c("input",{type:"checkbox"}),icon:b("file"),size:c("div.size",{role:"gridcell"}),date:c("div.date",{role:"gridcell"}),more:c("button.plain",{"aria-haspopup":"menu"},b("more"))};n.check.dataset.control="check",n.more.dataset.control="more",n.name=c("div.name",{role:"rowheader"},n.icon);let e=c("div.row",{role:"row"},c("div.check",{role:"gridcell"},n.check),n.name,n.size,n.date,c("div.more",{role:"gridcell"},n.more));return e.parts=n,e}function Ys(n,e,t){n.entry=e;let{parts:o}=n,s=e.kind==="directory",i=m(e.name),r=s?c("a",{href:t},L(e.name)):c("button",{},L(e.name));r.dataset.control="name",r.title=i,r.dir="auto";let a=o.label===document.activeElement&&o.label;o.label?.remove(),o.name.append(r),o.label=r,a&&r.focus({preventScroll:!0}),n.tabbed=void 0;let h=Le(e);bt(o.icon,h),o.icon.setAttribute("class",`icon icon-${h}`),o.size.textContent=s?"":y(e.size),o.date.textContent=G(e.modified),o.check.setAttribute("aria-label",l("act.select",{name:i})),o.more.setAttribute("aria-label",l("act.more",{name:i}))}var ne=()=>{},vo=()=>ne();function it(n,e,t){ne();let o=document.activeElement,s=[],i=n.map(f=>{if(!f)return c("div.line",{role:"separator"});let u=c(`button${f.danger?".danger":""}`,{role:"menuitem",tabIndex:-1},b(f.icon),c("span",{},f.label),f.keys?c("kbd",{"aria-hidden":"true"},f.keys):null);return u.onclick=()=>{ne(),f.act()},s.push(u),u}),r=c("div.menu",{role:"menu","aria-label":t?.textContent??""},t?c("div.title",{"aria-hidden":"true"},t):null,...i),a=e instanceof Element&&e.matches("button")?e:null;a?.setAttribute("aria-expanded","true"),ne=()=>{ne=()=>{},a?.setAttribute("aria-expanded","false"),document.removeEventListener("pointerdown",d,!0),removeEventListener("resize",h),removeEventListener("hashchange",h);let f=r.contains(document.activeElement);r.remove(),f&&o?.isConnected&&o.focus()};let h=()=>ne(),d=f=>{r.contains(f.target)||ne()};r.onkeydown=f=>{f.stopPropagation();let u=s.indexOf(document.activeElement),p={ArrowDown:u+1,ArrowUp:u-1,Home:0,End:-1}[f.key];if(p!==void 0)s.at(p%s.length).focus();else if(f.key==="Escape"||f.key==="Tab")ne();else return;f.preventDefault()},r.oncontextmenu=f=>f.preventDefault(),document.addEventListener("pointerdown",d,!0),addEventListener("resize",h),addEventListener("hashchange",h),document.querySelector("main").append(r),Vs(r,e),s[0].focus()}function Vs(n,e){let{width:t,height:o}=n.getBoundingClientRect(),s=getComputedStyle(document.documentElement).direction==="rtl",i=e.clientX,r=e.clientY;if(e instanceof Element){let a=e.getBoundingClientRect();i=s?a.left:a.right-t,r=a.bottom+4,r+o>innerHeight-8&&(r=a.top-o-4)}else s&&(i-=t);n.style.left=`${Math.max(8,Math.min(i,innerWidth-t-8))}px`,n.style.top=`${Math.max(8,Math.min(r,innerHeight-o-8))}px`}function ko(n,e,{writable:t,does:o}){let[s]=n,i=n.length===1,r=n.every(({kind:h})=>h==="file"),a=(h,d,f,u,p=!1)=>({label:l(`act.${h}`),icon:d,act:f,keys:u,danger:p});it([...i?[a(r?"view":"open",r?"file":"folder",()=>o.open(s),"Enter")]:[],...r?[a("download","download",()=>o.download(n))]:[],...t?[...i||r?[null]:[],...i?[a("rename","rename",()=>o.rename(s),"F2")]:[],a("move","move",()=>o.move(n)),a("delete","delete",()=>o.remove(n),"Del",!0)]:[]],e,i?L(s.name):document.createTextNode(l("act.selected",{count:n.length})))}function xo({reload:n,choose:e}){nt.onclick=()=>it([{label:l("app.reload"),icon:"reload",act:n},{label:l("app.help"),icon:"text",act:ot,keys:"?"},...S()?[null,{label:l("app.signOut"),icon:"signOut",act:xt}]:[]],nt),V.upload.onclick=()=>it([{label:l("act.chooseFiles"),icon:"file",act:()=>e(!1)},{label:l("act.chooseFolder"),icon:"folder",act:()=>e(!0)}],V.upload)}var Xs=new Intl.Collator(J,{numeric:!0,sensitivity:"base"}),Eo=8,Zs={name:(n,e)=>Xs.compare(n.name,e.name),size:(n,e)=>n.size-e.size,date:(n,e)=>n.time-e.time},Js=(n,e)=>n.name<e.name?-1:n.name>e.name?1:0,Ce=class n{entries=[];view=[];complete=!1;order={by:null,descending:!1};query="";started=!1;stale=!1;failure=null;behind=null;#e=null;#n=null;#t=null;#o=null;#s=0;#i=0;#r=[];constructor(e,t){this.path=e,this.changed=t,this.leaving=new AbortController}async start(){await this.#c(),this.complete&&(this.order={by:"name",descending:!1}),await this.arrange(),this.started=!0}more(){return this.complete?Promise.resolve():this.#l(()=>this.arrange())}async all(e,t){for(;!this.complete&&!t.aborted;)await this.#l(),e(this.entries.length),this.query&&!this.order.by&&await this.arrange();await this.arrange()}reload(){return this.stale=!0,this.started?(this.#t??=this.#h(),this.#t):Promise.resolve()}async#h(){try{for(;this.stale;)this.stale=!1,await this.#a()}finally{this.#t=null}}async#a(){let e=this.#r.length,t=new n(this.path,()=>{});t.leaving=this.leaving;do await t.#c();while(!t.complete&&t.entries.length<this.entries.length);this.#i++,this.entries=t.entries,this.complete=t.complete,this.#e=t.#e,this.#d(e),this.complete&&(this.order.by??="name"),await this.arrange()}#l(e){return this.#n??=(async()=>{try{await this.#c(),await e?.()}finally{this.#n=null}})(),this.#n}async#c(){let e=this.#e,t=this.#i,o=this.#r.length,s=await Q(this.path,{cursor:e,signal:this.leaving.signal});if(t===this.#i){this.#e=s.cursor,this.complete=s.cursor===null||s.cursor===e,this.#r.length&&this.#f(s.entries.map(({name:i})=>i));for(let i of s.entries)this.entries.push(To(i));this.#d(o)}}find(e){return this.entries.find(t=>t.name===e)}patch(e){return this.#r.push(e),this.#d(this.#r.length-1),this.arrange()}#d(e){for(let{removed:t=[],added:o=[]}of this.#r.slice(e)){this.#f([...t,...o.map(({name:s})=>s)]);for(let s of o)this.entries.push(To(s))}}#f(e){let t=new Set(e);this.entries=this.entries.filter(({name:o})=>!t.has(o))}sort(e,t){return this.order={by:e,descending:t},this.arrange()}search(e){return this.query=e,this.arrange()}arrange(){return this.#s++,this.#o??=this.#p(),this.#o}async#p(){try{for(let e=0;e!==this.#s&&!this.leaving.signal.aborted;){e=this.#s;let t=Qs(),o=()=>t().then(()=>e!==this.#s||this.leaving.signal.aborted),s=await this.#u(o);s&&(this.view=s,this.changed())}}finally{this.#o=null}}async#u(e){let{entries:t,order:{by:o,descending:s}}=this,i=t;if(this.query){let h=So(this.query);i=[];for(let d=0;d<t.length;d++){let f=t[d];if((f.folded??=So(f.name)).includes(h)&&i.push(f),d%512===511&&await e())return null}}if(!o)return i;let r=Zs[o],a=s?-1:1;return ei(i,(h,d)=>(h.kind===d.kind?0:h.kind==="directory"?-1:1)||a*r(h,d)||a*Js(h,d),e)}};function To(n){return n.time=Date.parse(n.modified)||0,n}function So(n){return n.normalize("NFKD").replace(new RegExp("\\p{M}","gu"),"").toLowerCase()}function Qs(){let n=performance.now()+Eo;return async()=>{performance.now()<n||(await new Promise(e=>setTimeout(e)),n=performance.now()+Eo)}}async function ei(n,e,t){let s=[];for(let i=0;i<n.length;i+=256)if(s.push(n.slice(i,i+256).sort(e)),await t())return null;for(;s.length>1;){let i=[];for(let r=0;r<s.length;r+=2)if(i.push(s[r+1]?await ti(s[r],s[r+1],e,t):s[r]),!i.at(-1))return null;s=i}return s[0]??[]}async function ti(n,e,t,o){let s=[],i=0,r=0;for(;i<n.length&&r<e.length;)if(s.push(t(n[i],e[r])<=0?n[i++]:e[r++]),s.length%512===0&&await o())return null;return s.concat(n.slice(i),e.slice(r))}var rt=class{folder=new Ce("",()=>{});#e=null;constructor(e){this.on=e,this.folder.complete=!0}get isReady(){return this.folder.started&&!this.folder.failure}async open(e){this.#e?.leaving.abort();let t=this.#e=new Ce(e,()=>{t===this.folder&&!t.failure&&this.on.changed()});this.on.busy(!0);let o=null;try{await t.start()}catch(i){o=i}if(this.#e!==t||(this.#e=null,this.on.busy(!1),o&&this.on.isFile(e,o)))return;let s=this.folder;s.leaving.abort(),this.folder=t,this.on.entered(s,o),o?this.#t(t,o):t.stale&&await this.#n(t)}async patch(e,t,o){let{folder:s}=this;if(this.#e?.path===e&&this.#e.patch(t),s.path===e){if(s.failure){await this.#n(s);return}await s.patch(t),s===this.folder&&o!==void 0&&this.on.at(o)}}async reload(e=this.folder.path,{below:t=!1}={}){let o=[this.folder,this.#e].filter(s=>s&&(s.path===e||t&&s.path.startsWith(`${e}/`)));await Promise.all(o.map(s=>this.#n(s)))}async more(){let{folder:e}=this;if(!e.failure)try{await e.more()}catch(t){te(t)&&this.#t(e,t)}}async retry(){let{folder:e}=this;this.#e||await(e.failure?this.open(e.path):this.#n(e))}async#n(e){if(e.failure){e.failure.status===404&&!this.#e&&await this.open(e.path);return}try{await e.reload(),e.behind=null,this.on.troubled()}catch(t){this.#t(e,t)}}#t(e,t){if(e===this.folder){if(e.started&&te(t)){e.behind=t,this.on.troubled();return}Object.assign(e,{failure:t,entries:[],complete:!0,view:[]}),this.on.failed(t)}}};var Bt="lambda-drive upload ",Mo=()=>S()?new URL(".",document.baseURI).pathname:"",Ht=({path:n,file:e,condition:t})=>Bt+JSON.stringify([Mo(),n,e.size,e.lastModified,t]);function Ao(n){let e=zo(Ht(n));return e&&e.expires>Date.now()?e.upload:null}function Wt(n,e){let t={upload:n.upload,path:n.path,expires:Date.parse(e)||Date.now()};Ie(()=>localStorage.setItem(Ht(n),JSON.stringify(t)))}function qt(n){Ie(()=>localStorage.removeItem(Ht(n)))}function Oo(){let n=[],e=Bt+JSON.stringify([Mo()]).slice(0,-1);for(let t of Ie(()=>Object.keys(localStorage))??[]){if(!t.startsWith(Bt))continue;let o=zo(t);!o||o.expires<=Date.now()?Ie(()=>localStorage.removeItem(t)):t.startsWith(e)&&n.push(o.path)}return n}function zo(n){let e=Ie(()=>JSON.parse(localStorage.getItem(n)));return typeof e?.path=="string"&&typeof e.expires=="number"&&/^uploads\/[0-9A-Za-z]+$/.test(e.upload)?e:null}function Ie(n){try{return n()}catch{return null}}var ni=/ Firefox\//.test(navigator.userAgent),Lo=/ Chrome\//.test(navigator.userAgent),X=class extends Error{},be=class extends X{};async function ye(n,e){let t;try{t=await n.arrayBuffer()}catch(o){throw new X(o.message)}if(t.byteLength!==e)throw new X(`${t.byteLength} bytes of ${e}`);return t}async function at(n){return globalThis.crypto.subtle?Gt(new Uint8Array(await crypto.subtle.digest("SHA-256",n))):null}function Gt(n){return btoa(String.fromCharCode(...n))}var lt=class{#e=new Map;constructor(e){this.file=e}async read(e,t){let o=await ye(t,t.size),s=await at(o);return this.#e.set(e,[t.size,s]),{bytes:o,digest:s}}async check(e){if(!ni)return;for(let[o,[s,i]]of this.#e){if(await at(await ye(this.file.slice(o,o+s),s))!==i)throw new be(`another part at ${o}`);e()}let t=0;for await(let{byteLength:o}of this.file.stream())t+=o,e();if(t!==this.file.size)throw new be(`${t} bytes of ${this.file.size}`)}};var $e=60,Kt=4,oi=250,Co=3,ct=class{#e=!1;#n=new Map;#t=new Set;#o="";constructor(e,t){this.queue=t,this.element=e,this.title=c("h2",{id:"transfers-title"}),this.facts=c("p.facts"),this.bar=c("progress",{max:1,value:0,"aria-label":l("transfer.all")}),this.hold=c("button",{onclick:()=>t.stopped?t.resumeAll():t.pauseAll()}),this.retry=c("button",{onclick:()=>t.retryAll()}),this.cancel=c("button",{onclick:()=>this.#l()},l("transfer.cancel")),this.fold=c("button.plain",{"aria-label":l("transfer.fold"),onclick:()=>this.#h()},b("sorted")),this.close=c("button.plain",{"aria-label":l("transfer.clear"),onclick:()=>this.#a()},b("close")),this.space=c("div.all",{role:"list"}),this.list=c("div.uploads",{tabIndex:0,role:"group","aria-labelledby":"transfers-title",onscroll:()=>this.#s()},this.space),e.classList.add("transfers"),e.setAttribute("role","region"),e.setAttribute("aria-labelledby","transfers-title"),e.append(c("div.top",{},c("div.text",{},this.title,this.facts),this.fold,this.close),this.bar,c("div.acts",{},this.hold,this.retry,this.cancel),this.list),this.#c(),this.#s()}update(){this.#e||(this.#e=!0,setTimeout(()=>requestAnimationFrame(()=>{this.#e=!1,this.#s()}),oi))}busy(e){let t={text:e};return this.#t.add(t),this.update(),()=>{this.#t.delete(t),this.update()}}#s(){let{queue:e}=this,{length:t,by:o}=e;if(this.element.hidden=t+this.#t.size===0&&!this.reminder,this.element.hidden)return;let s=o.running.size+o.waiting.size+o.paused.size+o.asking.size;this.#i(s),this.bar.hidden=!s,this.bar.value=e.bytes?e.sent/e.bytes:si(o)/(e.count||1),De(this.hold,l(e.stopped?"transfer.resume":"transfer.pause")),this.hold.hidden=s===0,De(this.retry,l("transfer.again",{count:o.failed.size})),this.retry.hidden=o.failed.size===0,this.cancel.hidden=s===0,this.fold.hidden=t===0,this.close.hidden=s+this.#t.size>0,this.#r(t),o.running.size&&this.update()}#i(e){let{queue:t}=this,{by:o}=t,[s]=this.#t,i=s?s.text:e?l(t.stopped?"transfer.paused":"transfer.running",{count:e}):l("transfer.done",{count:o.done.size}),r=[];if(e){r.push(l("transfer.of",{done:y(t.sent),all:y(t.bytes)}));let h=t.stopped?0:t.rate;h&&(r.push(l("transfer.rate",{size:y(h)})),r.push(l("transfer.left",{time:ri((t.bytes-t.sent)/h)})))}o.failed.size&&r.push(l("transfer.failed",{count:o.failed.size})),De(this.title,i),De(this.facts,r.join(" · "));let a=s||!t.length?"":`${e>0} ${t.stopped} ${o.failed.size>0}`;a!==this.#o&&a&&D([i,...r.slice(e?3:0)].join(". ")),this.#o=a}#r(e){if(this.list.hidden=e===0||this.element.classList.contains("folded"),this.list.hidden)return;this.space.style.height=`${e*$e}px`;let t=Math.max(0,Math.floor(this.list.scrollTop/$e)-Kt),o=this.list.clientHeight||$e*Kt,s=Math.min(e,t+Math.ceil(o/$e)+2*Kt),i=this.queue.window(t,s),r=new Set(i);for(let[a,h]of this.#n)r.has(a)||(h.element.remove(),this.#n.delete(a));i.forEach((a,h)=>{let d=this.#n.get(a);d||(d=new Yt(a,this.queue),this.#n.set(a,d),this.space.append(d.element)),d.draw(t+h,e)})}#h(){this.element.classList.toggle("folded"),this.fold.setAttribute("aria-expanded",String(!this.element.classList.contains("folded"))),this.#s()}#a(){this.reminder?.remove(),this.reminder=null,this.queue.clear(),this.#s(),document.dispatchEvent(new CustomEvent("drive:focus"))}async#l(){let{running:e,waiting:t,paused:o,asking:s}=this.queue.by,i=e.size+t.size+o.size+s.size;await R({title:l("transfer.cancelTitle",{count:i}),body:l("transfer.cancelText"),choices:[{value:"cancel",label:l("transfer.cancelDo"),kind:"danger"}],cancel:l("transfer.keep")})&&await this.queue.cancelAll()}#c(){let e=Oo();if(!e.length)return;let t=e.slice(0,Co).map(m).join(", ")+(e.length>Co?" …":"");this.reminder=c("p.reminder",{},l("transfer.unfinished",{count:e.length,names:t})),this.list.before(this.reminder)}},Yt=class{constructor(e,t){Object.assign(this,{upload:e,queue:t,state:null,path:null}),this.name=c("div.path"),this.bar=c("progress",{max:1}),this.said=c("div.said"),this.hold=c("button.plain",{onclick:()=>this.#t()}),this.cancel=c("button.plain",{onclick:()=>t.cancel(e)},b("close")),this.element=c("div.upload",{role:"listitem"},c("div.text",{},this.name,this.bar,this.said),this.hold,this.cancel)}draw(e,t){let{upload:o,element:s}=this;s.style.transform=`translateY(${e*$e}px)`,s.setAttribute("aria-posinset",e+1),s.setAttribute("aria-setsize",t),o.path!==this.path&&(this.path=o.path,this.name.replaceChildren(L(o.path)),this.name.title=m(o.path),this.bar.setAttribute("aria-label",m(o.path)));let{state:i,sent:r,file:a}=o;i!==this.state&&this.#e(i),this.bar.value=i==="done"?1:a.size?r/a.size:0,De(this.said,this.#n())}#e(e){this.state=e,this.element.dataset.state=e;let t=m(this.upload.path),o={waiting:"pause",running:"pause",paused:"resume",failed:"again"}[e];this.hold.hidden=!o,o&&(this.hold.setAttribute("aria-label",l(`transfer.${o}One`,{name:t})),this.hold.replaceChildren(b(o==="again"?"reload":o))),this.cancel.hidden=["done","skipped","cancelled"].includes(e),this.cancel.setAttribute("aria-label",l("transfer.cancelOne",{name:t})),this.bar.hidden=e==="done"||e==="failed"}#n(){let{state:e,sent:t,file:o,error:s,trouble:i}=this.upload;if(s)return s instanceof X?l("transfer.changed"):x(s);if(i)return x(i);let r=y(o.size);if(e==="running"||e==="paused"){let a=l("transfer.of",{done:y(t),all:r});return e==="paused"?`${l("transfer.paused")} · ${a}`:a}return{waiting:l("transfer.waiting"),asking:l("transfer.asking")}[e]??r}#t(){let{queue:e,upload:t}=this;t.state==="paused"||t.state==="failed"?e.resume(t):e.pause(t)}};function si(n){return n.done.size+n.skipped.size+n.cancelled.size}function De(n,e){n.textContent!==e&&(n.textContent=e)}var ii=[["second",60],["minute",60],["hour",24],["day",1/0]];function ri(n){let e=Math.max(1,n);for(let[t,o]of ii){let s=Math.ceil(e);if(s<o||o===1/0)return new Intl.NumberFormat(J,{style:"unit",unit:t,unitDisplay:"long"}).format(s);e/=o}}var ai=12e4,li=16,Vt=1;function Xt(n,e){let t=Vt,o,s=()=>{clearTimeout(o),o=setTimeout(()=>{Vt=Math.max(Vt,t*2),e(new k("no answer"))},t*(ai+n/li))};return s(),{heard:s,end:()=>clearTimeout(o)}}async function Pe(n,e,t){let o=new AbortController,s=()=>o.abort(e.reason);e?.aborted&&s(),e?.addEventListener("abort",s);let i=Xt(n,r=>o.abort(r));try{return await t(o.signal)}finally{i.end(),e?.removeEventListener("abort",s)}}var Ne=256*1024,ci="application/vnd.lambda-drive.files",Io=6,hi=4,$o=50,di=10,fi=2*1024*1024,Do=Io*$o,ve=new Set,ht=0,dt=0,Po=!0,Zt=!1,{port1:ui,port2:pi}=new MessageChannel;ui.onmessage=mi;function No(n,{signal:e,moved:t,alone:o}){return new Promise((s,i)=>{e.throwIfAborted(),I(n.path);let r={item:n,signal:e,moved:t,alone:o,resolve:s,reject:i};ve.add(r),e.addEventListener("abort",()=>{ve.delete(r),i(e.reason)}),Jt()})}async function Ro(n){dt++;try{return await n}finally{dt--,Jt()}}function Jt(){Zt||(Zt=!0,pi.postMessage(null))}function mi(){Zt=!1;let n=dt?Math.max(1,hi-dt):Io;for(;ve.size&&ht<n;){let e=Math.ceil(ve.size/(n-ht));ht++,gi(wi(Math.min($o,Math.max(di,e)))).finally(()=>{ht--,Jt()})}}function wi(n){let e=[],t=new Set,o=0;for(let s of ve){let{file:i,path:r}=s.item;if(o+=i.size,e.length&&(o>fi||t.has(r))||(ve.delete(s),e.push(s),t.add(r),!Po||e.length===n))break}return e}async function gi(n){let e=n.length>1?await yi(n):n,t=null;for(let{signal:o,alone:s,resolve:i,reject:r}of e)if(!o.aborted)try{if(t)throw t;i(await s())}catch(a){a instanceof k&&(t=a),r(a)}}async function bi(n){if(Lo)return n.map(t=>[t,t.item.file]);let e=await Promise.allSettled(n.map(({item:{file:t}})=>ye(t,t.size)));return n.flatMap((t,o)=>{let{value:s,reason:i}=e[o];return i&&t.reject(i),i||t.signal.aborted?[]:[[t,s]]})}async function yi(n){let e=await bi(n);if(!e.length)return[];let t=e.map(([h])=>h),o=new AbortController,s=t.length;for(let{signal:h}of t)h.addEventListener("abort",()=>{--s||o.abort(h.reason)});let i=JSON.stringify(t.map(({item:{path:h,file:d,condition:f}})=>({path:h,size:d.size,if_match:f["If-Match"],if_none_match:f["If-None-Match"]}))),r=new Blob([i,`
`,...e.map(([,h])=>h)]),a={"Content-Type":ci};try{let{files:h}=await Pe(r.size,o.signal,async d=>(await C("POST","files/",{headers:a,body:r,signal:d,retry:!1})).json());return t.filter((d,f)=>!vi(d,h[f]))}catch(h){let{status:d,type:f}=h;if(d===429||d===503&&f){for(let{reject:u}of t)u(h);return[]}return(d===404||d===405)&&(Po=!1),t}}function vi({item:n,moved:e,resolve:t,reject:o},s){if(!s||s.status===412)return!1;if(s.status<300)e(n.file.size),t(s.etag);else{let{type:i,detail:r}=s.problem;o(new g(s.status,{type:i.split(":").pop(),detail:r,body:s.problem}))}return!0}var Re=4*1024*1024,Uo={"Tus-Resumable":"1.0.0"};function Fo(n,{signal:e,moved:t}){let{size:o}=n.file,s=()=>ki(n,{signal:e,moved:t});return o<=Ne?No(n,{signal:e,moved:t,alone:s}):Ro(o>Re?Ei(n,{signal:e,moved:t}):s())}async function Ue(n){await n.beginning?.catch(()=>{});let{upload:e}=n;if(e){n.upload=n.parts=null,qt(n);try{await C("DELETE",e,{headers:Uo,safe:!0})}catch(t){if(!(t instanceof g||t instanceof k))throw t}}}async function ki(n,{signal:e,moved:t}){let o=await ye(n.file,n.file.size),s=await at(o),i={"Content-Type":"application/octet-stream",...n.condition};s&&(i["Content-Digest"]=`sha-256=:${s}:`);try{let r=await Pe(o.byteLength,e,a=>C("PUT",`files/${I(n.path)}`,{headers:i,body:_o(o),signal:a,retry:!1}));return t(o.byteLength),r.headers.get("ETag")}catch(r){if(r.status!==412||!s)throw r;let a=await xi(n.path,o.byteLength,s);if(!a)throw r;return t(o.byteLength),a}}async function xi(n,e,t){let o={"Want-Content-Digest":"sha-256=1"};try{if((await U(n)).size!==e)return null;let s=await C("GET",`files/${I(n)}`,{headers:o,cache:"no-store"});return await s.body?.cancel(),s.headers.get("Content-Digest")?.includes(`sha-256=:${t}:`)?s.headers.get("ETag"):null}catch(s){if(s.status===404)return null;throw s}}async function Ei(n,{signal:e,moved:t}){let o=await zi();for(;;){e.throwIfAborted(),n.upload??=Ao(n),n.upload||(n.beginning=Ti(n),await n.beginning.finally(()=>{n.beginning=null}),e.throwIfAborted());let s=await Si(o,n,{signal:e,moved:t}).catch(async i=>{throw i instanceof be&&await Ue(n),i});if(qt(n),n.upload=n.parts=null,s)return s}}async function Ti(n){let e={...Uo,...n.condition,"Upload-Length":String(n.file.size),"Upload-Metadata":`filename ${Gt(new TextEncoder().encode(n.path))}`},t=await Pe(0,null,o=>C("POST","uploads",{headers:e,signal:o,retry:!1}));n.upload=`uploads/${t.headers.get("Location").split("/").pop()}`,Wt(n,t.headers.get("Upload-Expires"))}function Si(n,e,{signal:t,moved:o}){return new Promise((s,i)=>{let r=(f,u)=>{d.end(),t.removeEventListener("abort",a),f(u)},a=()=>{h.abort(),r(i,t.reason)},h=new n.Upload(e.file,{uploadUrl:new URL(e.upload,document.baseURI).href,chunkSize:Re,retryDelays:null,fingerprint:async()=>null,httpStack:Ai(n,e,{signal:t,heard:()=>d.heard()}),async onAfterResponse(f,u){if(d.heard(),u.getStatus()>=300)throw await Mt(Oi(u));Wt(e,u.getHeader("Upload-Expires"))},onProgress(f){d.heard(),o(f)},onSuccess({lastResponse:f}){let u=f.getHeader("ETag");r(s,u??Mi(e))},onError(f){let u=f.causingError??f;if(u.status===404||u.status===410)return r(s,null);let p=u instanceof g||u instanceof X;r(i,p?u:new k(u.message))}}),d=Xt(Re,f=>{h.abort(),r(i,f)});t.addEventListener("abort",a),h.start()})}async function Mi(n){try{let{etag:e,size:t}=await U(n.path);return t===n.file.size?e:null}catch(e){if(e.status===404)return null;throw e}}function Ai(n,e,{signal:t,heard:o}){let s=new n.DefaultHttpStack;return e.parts??=new lt(e.file),{getName:()=>"DriveStack",createRequest(i,r){let a=s.createRequest(i,r),h=a.send.bind(a);return a.send=async d=>{let f=Number(a.getHeader("Upload-Offset")),{bytes:u,digest:p}=d?await e.parts.read(f,d):{};return d&&f+d.size===e.file.size&&await e.parts.check(o),t.throwIfAborted(),e.sentToken=S(),e.sentToken&&a.setHeader("Authorization",`Bearer ${e.sentToken}`),p&&a.setHeader("Upload-Checksum",`sha256 ${p}`),h(u&&_o(u))},a}}}function Oi(n){return{status:n.getStatus(),headers:{get:e=>n.getHeader(e)??null},json:async()=>JSON.parse(n.getBody())}}var Qt=null;function zi(){return Qt??=new Promise((n,e)=>{let t=document.createElement("script");t.src="page/tus.js?v=8cbb1b63fccc3bba",t.onload=()=>n(window.tus),t.onerror=()=>{Qt=null,e(new k("page/tus.js?v=8cbb1b63fccc3bba"))},document.head.append(t)}),Qt}function _o(n){return new Blob([n])}var Li=8,Ci=4,jo=1e3,Ii=6e4,$i=6,Di=8e3,Pi=new Set([408,429,503]),Ni=new Set(["internal","digest-mismatch","checksum-mismatch",""]),Ri=new Set(["busy","upload-locked","offset-conflict","maintenance","not-configured"]),ke=class{constructor(e,t,o){Object.assign(this,{file:e,path:t,condition:o,state:"",sent:0,trouble:null,error:null}),this.directory=t.slice(0,Math.max(t.lastIndexOf("/"),0)),this.upload=this.parts=this.beginning=this.control=this.sentToken=null}},en=["failed","asking","running","paused","waiting","done","skipped","cancelled"],Bo=new Set(["done","skipped","cancelled"]),ft=class{constructor({changed:e,done:t,overtaken:o,full:s}){Object.assign(this,{changed:e,done:t,overtaken:o,full:s}),this.by=Object.fromEntries(en.map(i=>[i,new Set])),this.held=!1,this.#e(),Mn(()=>this.#d())}#e(){for(let e of Bo)this.by[e].clear();this.bytes=this.sent=this.count=0;for(let e of this.by.failed)this.#n(e);this.samples=[]}#n(e){this.count++,this.bytes+=e.file.size,this.sent+=e.sent}get active(){let{running:e,waiting:t,asking:o,paused:s}=this.by;return e.size+t.size+o.size+s.size>0}get stopped(){let{running:e,waiting:t,paused:o}=this.by;return e.size===0&&o.size+t.size>0}add(e){this.active||this.#e();for(let t of e)this.#n(t),this.#t(t,t.error?"failed":"waiting");this.#i()}window(e,t){let o=[],s=0;for(let i of en){let{size:r}=this.by[i];if(s+r>e&&s<t){let a=s;for(let h of this.by[i]){if(a>=t)break;a++>=e&&o.push(h)}}s+=r}return o}get length(){return en.reduce((e,t)=>e+this.by[t].size,0)}pause(e){(e.state==="waiting"||e.state==="running")&&this.#s(e,"paused")}resume(e){e.state!=="paused"&&e.state!=="failed"||(this.#t(e,"waiting"),this.stopped&&(this.held=!1),this.#i())}cancel(e){if(!Bo.has(e.state))return this.#s(e,"cancelled"),this.#o(e,0),Ue(e)}skip(e){return this.#s(e,"skipped"),this.#o(e,0),Ue(e)}pauseAll(){this.held=!0;for(let e of[...this.by.running])this.pause(e);this.changed()}resumeAll(){this.held=!1;let e=[...this.by.waiting];for(let t of[...this.by.paused])this.#t(t,"waiting");for(let t of e)this.#t(t,"waiting");this.#i()}async cancelAll(){this.held=!1;let{waiting:e,running:t,paused:o,asking:s}=this.by;await Promise.all([e,o,s,t].flatMap(i=>[...i]).map(i=>this.cancel(i)))}clear(){this.by.failed.clear(),this.#e(),this.changed()}retryAll(){this.held=!1;for(let e of[...this.by.failed])this.#t(e,"waiting");this.#i()}async goOn(e,t,o=e.path){await Ue(e),Object.assign(e,{condition:t,path:o}),this.#o(e,0),e.state==="asking"&&this.#t(e,"waiting"),this.#i()}fail(e,t){e.state==="asking"&&this.#a(e,t)}get rate(){let e=performance.now();this.samples=this.samples.filter(([s])=>e-s<Di),this.samples.push([e,this.sent]);let[[t,o]]=this.samples;return e-t<500?0:Math.max(0,(this.sent-o)/(e-t)*1e3)}#t(e,t){this.by[e.state]?.delete(e),e.state=t,t!=="failed"&&(e.error=null),e.trouble=null,this.by[t].add(e),this.changed()}#o(e,t){this.sent+=t-e.sent,e.sent=t,this.changed()}#s(e,t){let{control:o}=e;e.control=null,this.#t(e,t),o?.abort(new DOMException("stopped","AbortError")),this.#i()}#i(){let{waiting:e}=this.by;for(;!this.held&&e.size;){let[t]=e;if(!this.#r(t))break;this.#h(t)}}#r({file:e}){let{running:t}=this.by;if(e.size<=Ne)return t.size<Do;let o=[...t].map(i=>i.file.size).filter(i=>i>Ne),s=[e.size,...o].some(i=>i>Re);return o.length<(s?Ci:Li)}async#h(e){this.#t(e,"running");let t=e.control=new AbortController;try{if(e.etag=await this.#l(e,t.signal),e.control!==t)return;e.control=null,this.#o(e,e.file.size),this.#t(e,"done"),this.done(e)}catch(o){if(t.signal.aborted||e.control!==t)return;e.control=null,this.#a(e,o)}this.#i()}#a(e,t){if(t.status===412&&t.type==="precondition-failed"){this.#t(e,"asking"),this.overtaken(e);return}e.error=t,this.#t(e,"failed"),(t.type==="no-space"||t.status===507)&&(this.pauseAll(),this.full(t))}async#l(e,t){let o=jo;for(let s=1;;s++){let i=e.sent;try{let r=await this.#c(e,t);return ie(null),r}catch(r){if(t.throwIfAborted(),e.sent>i&&([s,o]=[1,jo]),r.status===401){await he(e.sentToken),t.throwIfAborted();continue}if(!Ui(r,s))throw r;e.trouble=r,ie(r),this.changed(),await de(Math.max((r.retryAfter??0)*1e3,o*(.5+Math.random())),t),o=Math.min(o*2,Ii)}}}async#c(e,t){let o=e.attempt=new AbortController,s=()=>o.abort(t.reason);t.addEventListener("abort",s);let i=r=>{t.aborted||(e.trouble=null,this.#o(e,r))};e.sentToken=S();try{return await Fo(e,{signal:o.signal,moved:i})}finally{t.removeEventListener("abort",s)}}#d(){for(let e of this.by.running)e.attempt?.abort(new k("the machine slept"))}};function Ui(n,e){return n instanceof k?!0:n instanceof g?Pi.has(n.status)||Ri.has(n.type)?n.body.status!=="fail":Ni.has(n.type)&&(n.status>=500||n.type!=="")&&e<$i:!1}async function Ho(n,e,t){let s=[...n.items].filter(({kind:r})=>r==="file").map(r=>r.webkitGetAsEntry?.()??r.getAsFile()).filter(Boolean),i={files:[],directories:[]};for(let r of s)await qo(r,Go(e,r.name),i,t);return i}function Wo(n,e){return[...n].map(t=>({file:t,path:Go(e,t.webkitRelativePath||t.name)}))}async function qo(n,e,t,o){if(n instanceof File){t.files.push({file:n,path:e});return}try{if(n.isFile){t.files.push({file:await new Promise((i,r)=>n.file(i,r)),path:e});return}let s=!0;for await(let i of Fi(n))s=!1,await qo(i,`${e}/${i.name}`,t,o);s&&t.directories.push(e)}catch{o(e)}}async function*Fi(n){let e=n.createReader();for(;;){let t=await new Promise((o,s)=>e.readEntries(o,s));if(!t.length)return;yield*t}}function Go(n,e){return n?`${n}/${e}`:e}var _i=2e3,ut=null,pt=new Set,tn=!1,nn=new Set,on=null,P=new ft({changed:()=>ut?.update(),done:n=>Vo(n.directory),overtaken:n=>{pt.add(n),tn||Hi()},full:n=>F(x(n),{kind:"wrong"})});addEventListener("beforeunload",n=>{P.active&&n.preventDefault()});var oe={mount(n){ut=new ct(n,P)},async add(n,{known:e=new Map,directories:t=[]}={}){let o=ut?.busy(l("transfer.looking"));try{let{access:s,max_file_bytes:i}=await He();if(s==="read-only")throw new g(403,{type:"read-only"});let r=await ji(Ko(n),e);P.add(Bi(Ko(r),i??1/0));for(let a of t)await ee(a),Vo(A(a))}catch(s){F(x(s),{kind:"wrong"})}finally{o?.()}},async fromDrop(n,e,{known:t}={}){let o=ut?.busy(l("transfer.reading")),s=[];try{let{files:i,directories:r}=await Ho(n,e,a=>s.push(m(a)));await oe.add(i,{known:t,directories:r})}finally{o?.()}s.length&&F(l("transfer.unreadable"),{kind:"wrong",details:s})},fromInput(n,e,{known:t}={}){let o=Wo(n.files,e);return n.value="",oe.add(o,{known:t})},get active(){return P.active}};function Ko(n){if(!P.active)return n;let e=({file:a,path:h})=>`${a.size} ${a.lastModified} ${h}`,{running:t,waiting:o,paused:s,asking:i}=P.by,r=new Set([t,o,s,i].flatMap(a=>[...a].map(e)));return n.filter(a=>!r.has(e(a)))}async function ji(n,e){let t=await jn(n.map(({path:r})=>r),e),o=n.filter(({path:r})=>t.get(r)?.kind==="file").map(r=>({...r,entry:t.get(r.path)})),s=o.length?await It(o):"skip",i=new Set(n.map(({path:r})=>r));return n.flatMap(({file:r,path:a})=>{let h=t.get(a);if(h?.kind!=="file")return[new ke(r,a,pe)];if(s==="skip")return[];if(s==="replace")return[new ke(r,a,{"If-Match":h.etag})];let d=me(a,f=>t.has(f)||i.has(f));return i.add(d),[Object.assign(new ke(r,d,pe),{both:!0})]})}function Bi(n,e){for(let t of n){if(t.file.size<=e)continue;let o=l("transfer.tooLarge",{size:y(t.file.size),largest:y(e)});t.error=new Te(o)}return n}async function Hi(){tn=!0;try{for(;pt.size;){let n=[...pt];pt.clear(),await Wi(n)}}finally{tn=!1}}async function Wi(n){let e=[];for(let o of n){if(o.state!=="asking")continue;let s;try{s=await Bn(o.path)}catch(i){P.fail(o,i);continue}o.both&&s?await P.goOn(o,pe,me(o.path,i=>i===o.path)):s?e.push({upload:o,path:o.path,file:o.file,entry:s}):await P.goOn(o,pe)}if(!e.length)return;let t=await It(e,{overtaken:!0});for(let{upload:o,path:s,entry:i}of e)o.state==="asking"&&(t==="skip"?await P.skip(o):t==="replace"?await P.goOn(o,{"If-Match":i.etag}):(o.both=!0,await P.goOn(o,pe,me(s,r=>r===s))))}function Vo(n){for(let e=n;nn.add(e),!!e;e=A(e));on??=setTimeout(Yo,_i),P.active||Yo()}function Yo(){clearTimeout(on),on=null;let n=[...nn];nn.clear();for(let e of n)document.dispatchEvent(new CustomEvent("drive:changed",{detail:{directory:e}}))}function Zo({place:n,hover:e}){let t=s=>s.dataTransfer?.types.includes("Files"),o=null;document.addEventListener("dragenter",s=>{o=s.target}),document.addEventListener("dragover",s=>{if(!t(s))return;s.preventDefault();let i=n(s.target);s.dataTransfer.dropEffect=i?"copy":"none",e(i?i.directory:null)}),document.addEventListener("dragleave",s=>{s.target===o&&e(null)}),document.addEventListener("drop",s=>{if(!t(s))return;s.preventDefault(),e(null);let i=n(s.target);i&&oe.fromDrop(s.dataTransfer,i.directory,i)}),document.addEventListener("paste",s=>{let i=s.target.closest("input, dialog")?null:n(s.target);!i||!s.clipboardData.files.length||(s.preventDefault(),oe.fromDrop(s.clipboardData,i.directory,i))})}var Xo=null;function sn(n,e){Xo?.remove();let t=Xo=c("input",{type:"file",multiple:!0,webkitdirectory:e,hidden:!0});t.onchange=()=>oe.fromInput(t,n.directory,n),document.body.append(t),t.click()}var qi=256*1024,Jo=/\.(7z|bz2|exe|gz|heic|jar|parquet|rar|rtf|docx?|pptx?|so|tar|tgz|tiff?|xlsx?|xz|zip|zst)$/i,Qo={picture:"img",audio:"audio",video:"video"},es={open(n,e,t=[e]){let o=t.map(s=>({path:E(A(n),s.name),entry:s}));return new Promise(s=>new rn({path:n,entry:e},o,s))}},rn=class{#e=null;constructor(e,t,o){this.siblings=t,this.at=Math.max(0,t.findIndex(({path:i})=>i===e.path)),this.before=document.activeElement,this.title=c("h2",{id:"preview-title"}),this.facts=c("p.facts"),this.stage=c("div.stage");let s=(i,r,a)=>c("button.plain",{"aria-label":l(`preview.${i}`),title:l(`preview.${i}`),onclick:a},b(r));this.previous=s("previous","previous",()=>this.#t(-1)),this.next=s("next","next",()=>this.#t(1)),this.close=s("close","close",()=>this.dialog.close()),this.dialog=c("dialog.preview",{"aria-labelledby":"preview-title"},c("div.top",{},c("div.text",{},this.title,this.facts),this.previous,this.next,s("download","download",()=>Ae.save(this.file.path,this.file.entry)),this.close),this.stage),this.dialog.onkeydown=i=>this.#n(i),this.dialog.onclose=()=>{this.#e?.abort(),this.dialog.remove(),this.before?.isConnected&&this.before.focus(),o()},this.previous.hidden=this.next.hidden=t.length<2,document.body.append(this.dialog),this.dialog.showModal(),this.close.focus(),this.#o(t[this.at]??e)}#n(e){if(e.stopPropagation(),e.defaultPrevented||e.altKey||e.ctrlKey||e.metaKey||e.target.closest("audio, video"))return;let t=getComputedStyle(this.dialog).direction==="rtl"?-1:1,o={ArrowLeft:-t,ArrowRight:t}[e.key];o&&(e.preventDefault(),this.#t(o))}#t(e){let{length:t}=this.siblings;this.at=(this.at+e+t)%t,this.#o(this.siblings[this.at])}async#o(e){this.#e?.abort();let t=this.#e=new AbortController,{signal:o}=t;this.file=e;let{path:s,entry:i}=e;this.title.replaceChildren(L(i.name)),this.title.title=m(s);let r=[y(i.size),G(i.modified)];this.siblings.length>1&&r.push(l("preview.of",{at:this.at+1,all:this.siblings.length})),this.facts.textContent=r.filter(Boolean).join(" · "),D(`${m(i.name)}. ${r.join(", ")}`),this.#c(c("p.facts",{},l("preview.loading"))),this.stage.setAttribute("aria-busy","true");try{let a=await this.#s(e,o);o.aborted||this.#c(a)}catch(a){o.aborted||this.#l(x(a))}finally{o.aborted||this.stage.removeAttribute("aria-busy")}}async#s({path:e,entry:t},o){let s=Le({...t,kind:"file"});return/\.pdf$/i.test(e)?navigator.pdfViewerEnabled===!1?this.#a(l("preview.noPdf")):this.#i("iframe",{path:e,entry:t},o):Qo[s]&&!Jo.test(e)?this.#i(Qo[s],{path:e,entry:t},o):s==="archive"||Jo.test(e)?this.#a(l("preview.noPreview")):this.#h({path:e,entry:t},o)}async#i(e,{path:t,entry:o},s){let i=await this.#r(e,{path:t,entry:o},s);if(!i)return this.#a(l("preview.noPreview"));if(s.aborted)return i.release(),null;let r=c(e);return e==="img"?r.alt=m(o.name):e==="iframe"?r.title=m(o.name):(r.controls=!0,r.preload="metadata",r.setAttribute("aria-label",m(o.name))),r.onerror=()=>{s.aborted||this.#l(l("preview.unshown"))},s.addEventListener("abort",()=>{r.onerror=null,r.removeAttribute("src"),e!=="img"&&e!=="iframe"&&r.load(),i.release()}),r.src=i.url,r}async#r(e,{path:t,entry:o},s){let i=await Me(t);if(i)return i;if(e==="iframe"||o.size>et)return null;let r=URL.createObjectURL(await Nt(t,{signal:s}));return{url:r,release:()=>URL.revokeObjectURL(r)}}async#h({path:e,entry:t},o){if(!t.size)return c("pre",{},"");let s={Range:`bytes=0-${qi-1}`},i=await C("GET",`files/${I(e)}`,{headers:s,signal:o,cache:"no-store"}),r=new Uint8Array(await Ee(i,"arrayBuffer",o));if(r.includes(0))return this.#a(l("preview.noPreview"));let a=Number(i.headers.get("X-File-Size")??r.length),h=new TextDecoder().decode(r,{stream:r.length<a}),d=c("pre",{tabIndex:0,dir:"auto",role:"region","aria-label":m(t.name)},h),f=r.length<a&&l("preview.cut",{size:y(r.length),all:y(a)});return f?[c("p.facts",{},f),d]:d}#a(e){let{path:t,entry:o}=this.file;return c("div.nothing",{},b(Le({...o,kind:"file"})),c("p",{},e),c("button.primary",{onclick:()=>Ae.save(t,o)},l("preview.download")))}#l(e){this.#c(this.#a(e))}#c(e){this.stage.replaceChildren(...[e].flat()),this.dialog.contains(document.activeElement)||this.close.focus()}};var mt=class{#e=new Set;#n=null;get size(){return this.#e.size}has(e){return this.#e.has(e.name)}of(e){return e.filter(t=>this.has(t))}only(e){this.#e=new Set([e.name]),this.#n=e.name}toggle(e){this.#e.delete(e.name)||this.#e.add(e.name),this.#n=e.name}extend(e,t){let o=Math.max(e.findIndex(s=>s.name===this.#n),0);this.#n??=e[o].name,this.#e=new Set(e.slice(Math.min(o,t),Math.max(o,t)+1).map(({name:s})=>s))}startAt(e){this.size||(this.#n=e.name)}all(e){this.#e=new Set(e.map(({name:t})=>t))}clear(){this.#e.clear()}keepOf(e){let t=new Set(e.map(({name:o})=>o));for(let o of this.#e)t.has(o)||this.#e.delete(o)}};var wt=class{#e=null;#n=null;constructor(e,t){this.folder=t,this.count=c("span"),this.bar=c("progress",{hidden:!0,"aria-label":l("list.loading")}),this.stop=c("button.plain.strong",{hidden:!0,onclick:()=>this.#e?.stop.abort()},l("act.stop")),this.rest=c("button.plain.strong",{hidden:!0,onclick:()=>this.#o()},l("list.loadRest")),e.append(this.count,this.bar,this.stop,this.rest)}get text(){return this.count.textContent}async sort(e,t){let o=this.folder();this.#n={folder:o,by:e,descending:t},o.complete?await this.#t(o):await this.#o()}async search(e){let t=this.folder();await t.search(e),t===this.folder()&&(D(this.text),e&&!t.complete&&await this.#o())}async#t(e){let t=this.#n;t?.folder===e&&(this.#n=null,await e.sort(t.by,t.descending))}async#o(){if(this.#s)return;let e=this.folder(),t=this.#e={folder:e,stop:new AbortController};this.tell();try{await e.all(()=>{this.#e===t&&this.tell()},t.stop.signal)}catch(s){e===this.folder()&&D(x(s))}if(this.#e!==t||(this.#e=null,await this.#t(e),e!==this.folder()))return;let o=this.stop===document.activeElement||this.rest===document.activeElement;this.tell(),o&&document.activeElement?.hidden!==!1&&document.dispatchEvent(new CustomEvent("drive:focus")),D(this.text)}get#s(){return this.#e?.folder===this.folder()&&!this.#e.stop.signal.aborted}tell(){let{complete:e,entries:t,order:o,query:s,view:i}=this.folder(),r=this.#e?.folder===this.folder(),a=t.length,h=s?l("list.found",{count:i.length}):l(e?"list.count":"list.countLoaded",{count:a}),d=!e&&(s||o.by);this.count.textContent=r?l("list.loadingAll",{count:a}):d?`${h}. ${l("list.partly")}`:a||s?h:"",this.bar.hidden=this.stop.hidden=!r,this.rest.hidden=!d||r}};var H=new Je((n,e)=>{fo(n.used_bytes,n.max_drive_bytes),le(),e&&w.isReady&&cn(),je()}),w=new rt({busy:n=>document.body.setAttribute("aria-busy",n),entered:Ki,changed:cn,troubled:je,failed:Vi,at(n){B.goTo(n)&&(document.activeElement.matches("input:not([type=checkbox])")||B.focus())},isFile(n,e){return!(e instanceof g)||e.status!==409||!n?!1:(Fe.set(A(n),{name:M(n),top:0}),location.replace(re(A(n))),!0)}}),j=new mt,W=new Xe(w,H,()=>{hn()&&se(),H.lookSoon()}),Fe=new Map,an=!0,B=new st(ge,j,{address:n=>re(E(w.folder.path,n.name)),open:ts,menu:(n,e)=>ko(ae(n),e,{writable:H.writable,does:{open:ts,download:os,rename:t=>W.rename(t),move:t=>W.move(t),remove:t=>W.remove(t)}}),more:()=>w.more(),selected:le,sort(n){let{order:e}=w.folder;_e.sort(n,e.by===n&&!e.descending)},act(n,e){H.writable&&(e==="rename"?W.rename(n):W.remove(ae(n)))}}),_e=new wt(Ut,()=>w.folder),gt=new Ke(()=>w.folder.failure||w.folder.behind?w.retry():H.look());function cn(){let{folder:n}=w;j.keepOf(n.entries),po();let e=m(M(n.path))||l("app.root"),t=B.show(n.view,{complete:n.complete,order:n.order,label:l("list.label",{name:e})});!n.view.length&&n.complete&&Gi(),t&&se(),le(),_e.tell()}function Gi(){w.folder.query?ze("search",l("list.none",{query:m(w.folder.query)})):H.writable?ze("upload",l("list.empty"),l("list.emptyText"),[[l("act.chooseFiles"),()=>sn(dn(),!1),!0],[l("act.newFolder"),()=>W.makeFolder()]]):ze("folder",l("list.empty"))}function hn(){let{activeElement:n,body:e}=document;return n===e||!n.getClientRects().length}function se(){B.view.length?B.focus():Y.focus()}function Ki(n,e){let{folder:t}=w,o=an||n.failure!==null&&n.path===t.path;vo(),o||Yi(n,t),_t(t.path,re);let s=m(M(t.path));if(document.title=s?`${s} - ${l("app.brand")}`:l("app.brand"),e)return;je();let i=Fe.get(t.path);B.enter(i?.name,i?.top??0,t.view),cn(),!an&&[document.body,Y].includes(document.activeElement)&&se(),an=!1,D(`${s||l("app.root")}, ${_e.text}`),o&&_.value&&ln(_.value)}function Yi(n,e){Fe.set(n.path,{name:B.view[B.active]?.name,top:ge.scrollTop}),n.path&&A(n.path)===e.path&&Fe.set(e.path,{...Fe.get(e.path),name:M(n.path)}),j.clear(),_.value=""}function Vi(n){j.clear(),B.show([],{complete:!0,order:w.folder.order,label:l("app.root")});let e=n.status===404||n.status===400;ze(e?"folder":"warning",e?l("error.folderGone"):x(n),"",[e?[l("app.root"),()=>{location.hash="#/"},!0]:[l("error.again"),()=>gt.now(),!0]]),le(),_e.tell(),hn()&&Y.focus(),D(Y.textContent),je()}function je(){let{failure:n,behind:e}=w.folder,t=n??e??fe.now??H.trouble;Fn(n?null:t),t&&te(t)?gt.begin(t):gt.over()}function le(){let n=j.size>0&&ae().every(({kind:t})=>t==="file"),e=document.activeElement!==document.body;uo(j.size,{files:n,writable:H.writable,ready:w.isReady}),e&&hn()&&se()}function ae(n){return!n||j.has(n)?j.of(w.folder.view):[n]}function dn(){let{path:n,entries:e}=w.folder;return{directory:n,known:new Map(e.map(t=>[E(n,t.name),t]))}}function ts(n){let e=E(w.folder.path,n.name);n.kind==="directory"?location.hash=re(e):es.open(e,n,w.folder.view.filter(({kind:t})=>t==="file"))}function os(n){for(let e of n)Ae.save(E(w.folder.path,e.name),e)}function Xi(){j.all(w.folder.view),B.render(),le(),se()}function ns(){return j.size?(j.clear(),B.render(),le(),se(),!0):!1}function Zi(){w.folder.path&&(location.hash=re(A(w.folder.path)))}function ln(n){_.value=n,j.clear(),_e.search(n.trim())}function Ji(n){mo(n===null?null:m(M(n))||l("app.root"))}function Qi(n){if(!H.writable||!w.isReady||document.querySelector("dialog"))return null;let e=B.entryAt(n);return e?.kind==="directory"?{directory:E(w.folder.path,e.name)}:dn()}function er(){document.documentElement.lang=bn,document.title=l("app.brand"),ho(),oe.mount(Ft),go(),kt(n=>{n===null&&location.reload()}),fe.onchange=je,addEventListener("offline",()=>ie(new k("offline"))),addEventListener("hashchange",()=>w.open(Ze())),bo({clear:ns,focusList:se,search:ln,selectAll:Xi,up:Zi}),document.addEventListener("drive:focus",se),document.addEventListener("drive:changed",({detail:n})=>{w.reload(n.directory),H.lookSoon()}),Zo({place:Qi,hover:Ji}),_.oninput=()=>ln(_.value),xo({choose:n=>sn(dn(),n),reload:()=>w.folder.failure?gt.now():w.reload()}),V.newFolder.onclick=()=>W.makeFolder(),O.clear.onclick=ns,O.download.onclick=()=>os(ae()),O.rename.onclick=()=>W.rename(ae()[0]),O.move.onclick=()=>W.move(ae()),O.delete.onclick=()=>W.remove(ae()),le(),_t(Ze(),re),H.look().catch(()=>{}),w.open(Ze())}er();
