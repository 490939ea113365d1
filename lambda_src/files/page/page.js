function c(t,e={},...n){let[o,...s]=t.split("."),i=document.createElement(o);o==="button"&&(i.type="button"),s.length&&(i.className=s.join(" "));for(let[r,a]of Object.entries(e))r.includes("-")||r==="role"?i.setAttribute(r,a):i[r]=a;return i.append(...n.flat().filter(r=>r!=null)),i}function L(t){return c("bdi",{},m(t))}function m(t){return t.replace(/[\0-\x1f]/g,e=>String.fromCharCode(9216+e.charCodeAt(0))).replace(/\x7f/g,"␡").replace(/[\x80-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,e=>`[U+${e.charCodeAt(0).toString(16).toUpperCase().padStart(4,"0")}]`)}var pn="http://www.w3.org/2000/svg",ls={archive:"M4 4h16v4H4zM5.5 8v12h13V8M10 12h4",audio:"M9 18V5l11-2v13M9 18a3 2 0 1 1-6 0 3 2 0 0 1 6 0ZM20 16a3 2 0 1 1-6 0 3 2 0 0 1 6 0Z",close:"M6 6l12 12M18 6L6 18",delete:"M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5",download:"M12 4v11M7 11l5 5 5-5M5 20h14",file:"M6 3h8l5 5v13H6zM14 3v5h5",folder:"M3 6v13h18V8h-9l-2-2z",more:"M12 6v.01M12 12v.01M12 18v.01",move:"M3 6v13h18V8h-9l-2-2zM8 13.5h7M12.5 11l2.5 2.5-2.5 2.5",newFolder:"M3 6v13h18V8h-9l-2-2zM12 11v5M9.5 13.5h5",next:"M9 5l7 7-7 7",pause:"M8.5 5v14M15.5 5v14",picture:"M4 5h16v14H4zM4 16l5-5 8 8M14 15l2-2 4 4M15 9v.01",previous:"M15 5l-7 7 7 7",reload:"M19 12a7 7 0 1 1-2-5M19 3v5h-5",rename:"M4 20h4L19 9l-4-4L4 16zM13 7l4 4",resume:"M8 5l11 7-11 7z",search:"M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM15 15l6 6",signOut:"M14 4H5v16h9M10 12h10M16 8l4 4-4 4",sorted:"M12 19V5M6 11l6-6 6 6",text:"M6 3h8l5 5v13H6zM14 3v5h5M9 13h7M9 17h4",upload:"M12 16V5M7 9l5-5 5 5M5 20h14",video:"M4 6h11v12H4zM15 10l5-3v10l-5-3",warning:"M12 4L3 20h18zM12 10v4M12 17v.1"};function b(t){let e=document.createElementNS(pn,"svg");return e.setAttribute("viewBox","0 0 24 24"),e.setAttribute("aria-hidden","true"),e.setAttribute("class",`icon icon-${t}`),vt(e,t),e}function vt(t,e){(t.firstChild??t.appendChild(document.createElementNS(pn,"path"))).setAttribute("d",ls[e])}var mn=`
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
`;var wn=`
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
`;var He=(navigator.languages??[navigator.language]).flatMap(t=>{try{return[new Intl.Locale(t).maximize()]}catch{return[]}}).find(({language:t,script:e})=>t==="en"||t==="zh"&&e==="Hant"),gn=He?.language==="zh",bn=new Map;for(let[,t,e,n]of(mn+wn).matchAll(/(.+)\n {2}(.+)\n {2}(.+)/g))bn.set(t,(gn?n:e).split(" | "));var yn=gn?"zh-Hant":"en",Q=He?new Intl.Locale(He.language,{region:He.region}).toString():"en",cs=new Intl.PluralRules(Q),hs=new Intl.NumberFormat(Q),ds=/[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;function l(t,e={}){let n=bn.get(t);if(!n)throw new Error(`no words for ${t}`);return(n.length>1&&cs.select(e.count)==="one"?n[0]:n.at(-1)).replace(/\{(\w+)\}/g,(s,i)=>{let r=e[i];return typeof r=="number"?hs.format(r):ds.test(r)?`⁨${r}⁩`:r})}var vn=["kilobyte","megabyte","gigabyte","terabyte","petabyte"],us=vn.map(t=>new Intl.NumberFormat(Q,{style:"unit",unit:t,maximumSignificantDigits:3})),fs=new Intl.DateTimeFormat(Q,{dateStyle:"medium",timeStyle:"short"});function y(t){if(t<1e3)return l("list.bytes",{count:t});let e=0;for(t/=1e3;t>=999.5&&e<vn.length-1;)t/=1e3,e++;return us[e].format(t)}function G(t){let e=new Date(t);return Number.isNaN(e.getTime())?"":fs.format(e)}var ps=0;function R(t){let{title:e,body:n=[],choices:o=[],input:s,option:i,cancel:r,cancelValue:a,stays:h,signal:d}=t,u=`dialog-${++ps}`,f=s&&ms(s,u),p=i?c("input",{type:"checkbox"}):null,O=c("button",{},r??l("dialog.cancel")),v=o.map(({label:N,kind:$="",value:q})=>c(`button${$?`.${$}`:""}`,{value:q},N)),J=c("form",{noValidate:!0},c("h2",{id:u},e),...[n].flat().map(N=>typeof N=="string"?c("p",{},N):N),f?.row,p&&c("label.tick",{},p,i),c("div.buttons",{},h?null:O,...[...v].reverse()));return Te(J,u,{signal:d,stays:h,start(N){let $=T=>{f?.wrong()||N({choice:T,value:f?.input.value,option:!!p?.checked})};O.onclick=()=>a===void 0?N(null):$(a);for(let T of v)T.onclick=()=>$(T.value);J.onsubmit=T=>{T.preventDefault(),$(o[0].value)};let q=v.find((T,fn)=>o[fn].kind!=="danger")??O;(f?.input??q).focus(),f&&s.select&&f.input.setSelectionRange(...s.select)}})}function ms({label:t,value:e="",check:n=()=>"",type:o="text"},s){let i=c("p.wrong",{id:`${s}-wrong`,role:"alert"}),r=c("input",{type:o,value:e,autocomplete:"off",spellcheck:!1,dir:"auto","aria-describedby":i.id}),a=()=>(i.textContent=n(r.value)||"",r.setAttribute("aria-invalid",!!i.textContent),i.textContent&&r.focus(),i.textContent);return r.oninput=()=>{i.textContent&&a()},{row:c("div.field",{},c("label",{},t,r),i),input:r,wrong:a}}function Te(t,e,{start:n,signal:o,stays:s=!1}={}){return new Promise(i=>{let r=document.activeElement,a=c("dialog",{"aria-labelledby":e},t),h=null,d=f=>{h=f,a.close()},u=()=>d(null);a.onclose=()=>{o?.removeEventListener("abort",u),a.remove(),r?.isConnected&&r.focus(),i(h)},a.oncancel=f=>{s&&f.preventDefault()},a.onpointerdown=f=>{f.target===a&&!s&&!a.querySelector("input:not([type=checkbox])")&&d(null)},a.onkeydown=f=>f.stopPropagation(),o?.addEventListener("abort",u),document.body.append(a),a.showModal(),n?.(d)})}var kn=new URL(".",document.baseURI).pathname,xt=`lambda-drive token ${kn}`,ws=300,he=new BroadcastChannel(`lambda-drive ${kn}`),xn=new Set,En=null,kt=null;he.onmessage=({data:t})=>{let e=S();t.ask&&e&&he.postMessage({token:e}),t.out&&e&&St(null)};function S(){return sessionStorage.getItem(xt)}function Et(t){xn.add(t)}function Tn(t){En=t}function de(t){return S()!==t?Promise.resolve():(kt??=(async()=>{St(await gs(t)??await En(t))})().finally(()=>{kt=null}),kt)}function Tt(){he.postMessage({out:!0}),St(null)}function St(t){if(t!==S()){t===null?sessionStorage.removeItem(xt):sessionStorage.setItem(xt,t);for(let e of xn)e(t)}}function gs(t){return new Promise(e=>{let n=({data:i})=>{i.token&&i.token!==t&&o(i.token)},o=i=>{he.removeEventListener("message",n),clearTimeout(s),e(i)},s=setTimeout(o,ws,null);he.addEventListener("message",n),he.postMessage({ask:!0})})}var Mt=new Set,Mn=new Set,Sn=Date.now();function An(t){Mn.add(t)}function ue(t,e){return new Promise((n,o)=>{e?.throwIfAborted();let s=()=>{Mt.delete(s),clearTimeout(r),e?.removeEventListener("abort",i),n()},i=()=>{o(e.reason),s()},r=setTimeout(s,t);Mt.add(s),e?.addEventListener("abort",i)})}function zn(){for(let t of[...Mt])t()}function On(){for(let t of Mn)t();zn()}addEventListener("online",On);document.addEventListener("visibilitychange",()=>{document.hidden||zn()});setInterval(()=>{let t=Date.now();t-Sn>9e4&&On(),Sn=t},5e3);var bs=4,ys=400,Ln=8e3,vs=new Set(["GET","HEAD","OPTIONS"]),ks=new Set([500,502,504]),xs=/\.lambda-url\.[a-z0-9-]+\.on\.aws$|^(localhost|127\.0\.0\.1|\[::1\])$/,g=class extends Error{constructor(e,{type:n="",detail:o="",retryAfter:s=null,body:i={}}={}){super(`${e} ${n} ${o}`),Object.assign(this,{status:e,type:n,detail:o,retryAfter:s,body:i})}},k=class extends Error{},fe={onchange:null,now:null};function ie(t){fe.now!==t&&(fe.now=t,fe.onchange?.(t))}function I(t){let e=Es(t);if(e)throw new g(400,{type:"invalid-name",detail:e});return t.split("/").map(encodeURIComponent).join("/")}var In=t=>!/^\.{0,2}$|\//.test(t);function Es(t){return t.split("/").every(In)?t.includes("?")&&!xs.test(location.hostname)?`at this address no name can have a '?', got '${t}'`:"":`no part of a name is empty, '.' or '..', got '${t}'`}function At(t){return new URL(`files/${I(t)}`,document.baseURI).href}function $n(t){return t?`files/${I(t)}/`:"files/"}async function C(t,e,n={}){let{headers:o={},body:s,signal:i,safe:r=vs.has(t),retry:a=!0,cache:h}=n,d=ys;for(let u=1;;u++){let f=S(),p;try{let v=await Ts(t,e,{headers:o,body:s,signal:i,cache:h,sent:f});return ie(null),v}catch(v){p=v,p.repeated=u>1}if(p instanceof g&&p.type==="unauthorized"){await de(f),i?.throwIfAborted();continue}if(Cn(p,!0)&&ie(p),!a||u>=bs||!Cn(p,r))throw p;let O=Math.max((p.retryAfter??0)*1e3,d*(.5+Math.random()));if(O>Ln*2)throw p;await ue(O,i),d=Math.min(d*2,Ln)}}async function Ts(t,e,{headers:n,body:o,signal:s,cache:i,sent:r}){let a=r?{...n,Authorization:`Bearer ${r}`}:n,h;try{h=await fetch(e,{method:t,headers:a,body:o,signal:s,cache:i,redirect:"error"})}catch(d){throw s?.aborted?s.reason:new k(d.message)}if(h.ok||h.status===304)return h;throw await zt(h)}async function zt(t){let e={};try{e=Object(await t.json())}catch{}let n=/^application\/problem\+json\b/.test(t.headers.get("Content-Type")??""),o=t.headers.get("Retry-After")??"";return new g(t.status,{type:n?String(e.type??"").split(":").pop():"",detail:String(e.detail??e.Message??e.message??""),retryAfter:/^\d{1,6}$/.test(o)?Number(o):null,body:e})}function Cn(t,e){return t instanceof k?e:t instanceof g?t.status===429||t.status===423?!0:t.status===503?t.body.status!=="fail"&&(e||t.type!==""):e&&ks.has(t.status):!1}async function ee(t,{cursor:e=null,signal:n}={}){let o=await Ot($n(t),{cursor:e,signal:n});return{entries:o.entries.filter(({name:s})=>In(s)),cursor:o.cursor}}async function Ot(t,{cursor:e=null,...n}){let o=e===null?"":`?${new URLSearchParams({cursor:e})}`,s=await C("GET",t+o,{...n,cache:"no-store"});return Se(s,"json",n.signal)}async function Se(t,e,n){try{return await t[e]()}catch(o){throw n?.throwIfAborted(),new k(o.message)}}async function We({signal:t,retry:e}={}){try{return await Ot("health",{signal:t,retry:e})}catch(n){if(n instanceof g&&n.body.status==="fail")return n.body;throw n}}async function U(t,{signal:e}={}){let{headers:n}=await C("HEAD",`files/${I(t)}`,{signal:e,cache:"no-store"}),o=new Date(n.get("Last-Modified"));return{etag:n.get("ETag"),size:Number(n.get("X-File-Size")),modified:Number.isNaN(o.getTime())?"":o.toISOString()}}async function te(t,{signal:e}={}){return(await C("PUT",$n(t),{signal:e,safe:!0})).status===201}function Dn(t,e,{etag:n,overwrite:o=!1,signal:s}={}){let i={Destination:Rn(e),Overwrite:o?"T":"F"};return n&&(i["If-Match"]=n),Un(`files/${I(t)}`,i,{to:e,etag:n,signal:s})}async function qe(t,e,{signal:n}={}){try{let o=e?{"If-Match":e}:{};await C("DELETE",`files/${I(t)}`,{headers:o,signal:n,safe:!0})}catch(o){if(!(o.repeated&&(o.status===404||o.status===412&&!await Ss(t))))throw o}}async function Ss(t){try{return await U(t),!0}catch(e){if(e.status===404)return!1;throw e}}function Pn({cursor:t=null,signal:e}={}){return Ot("trash/",{cursor:t,signal:e})}function Nn(t,{to:e=t.path,overwrite:n=!1,ifMatch:o,signal:s}={}){let i={Destination:Rn(e),Overwrite:n?"T":"F"};return o&&(i["If-Match"]=o),Un(`trash/${I(t.id)}`,i,{to:e,etag:t.etag,signal:s})}function Rn(t){return new URL(At(t)).pathname}async function Un(t,e,{to:n,etag:o,signal:s}){try{return(await C("POST",t,{headers:e,signal:s})).headers.get("ETag")}catch(i){if(!o||s?.aborted||!(i instanceof k||i.status>=500||i.status===404)||(await U(n,{signal:s}).catch(()=>null))?.etag!==o)throw i;return o}}var Lt=c("div.hidden",{role:"status","aria-live":"polite"}),Ge=c("div.banner",{role:"alert",hidden:!0}),It=c("div.notes"),Ke={live:Lt,banner:Ge,notes:It};function D(t){Lt.textContent=Lt.textContent===t?`${t} `:t}var K=null;function F(t,{action:e,kind:n="done",details:o=[]}={}){K?.remove(),K=c(`div.note.${n}`,{},n==="done"?null:b("warning"),c("div.text",{},c("span",{},t),o.length?Ms(o):null));let s=K;if(e){let[i,r]=e;K.append(c("button.plain.strong",{onclick:()=>{Ct(s),r()}},i))}K.append(c("button.plain",{"aria-label":l("dialog.close"),onclick:()=>Ct(s)},b("close"))),It.append(K),D([t,...o.slice(0,3)].join(". "))}function Fn(){K?.querySelector(".strong")?.click()}function Ct(t){let e=t.contains(document.activeElement);t.remove(),K===t&&(K=null),e&&document.dispatchEvent(new CustomEvent("drive:focus"))}function Ms(t){return c("ul",{},...t.slice(0,5).map(e=>c("li",{dir:"auto"},e)),t.length>5?c("li",{},"…"):null)}function pe(t){let e=new AbortController,n=c("progress",{"aria-label":t}),o=c("span.count"),s=c("div.note.working",{},c("div.text",{},c("span",{},t," ",o),n),c("button.plain.strong",{onclick:()=>e.abort()},l("act.stop"))),i=setTimeout(()=>{It.append(s),D(t)},400);return{signal:e.signal,progress(r,a){o.textContent=a?`${r} / ${a}`:String(r),a&&Object.assign(n,{max:a,value:r})},end(){clearTimeout(i),s.isConnected&&Ct(s)}}}function _n(t){Ge.hidden=!t,t?Ge.replaceChildren(b("warning"),c("span",{},x(t))):Ge.replaceChildren()}var Me=class extends Error{};function x(t){if(t instanceof k)return l("error.offline");if(t instanceof Me)return t.message;if(!(t instanceof g))return console.error(t),l("error.page");let{status:e,type:n,detail:o}=t,s={"invalid-name":"name","not-found":"notFound","no-space":"full","read-only":"readOnly","upload-locked":"busy",busy:"busy",conflict:"conflict",maintenance:"maintenance",unhealthy:"unhealthy"}[n]??{403:"forbidden",404:"notFound",429:"brake"}[e]??(e>=500?"internal":"anyway");return l(`error.${s}`,{detail:o||`HTTP ${e}`})}var jn=1e3,As=3e4;function re(t){return t instanceof k||t instanceof g&&(t.status===429||t.status>=500)&&t.status!==507}var Ye=class{#e=null;#n=!1;#t=jn;#o=new AbortController;constructor(e){this.attempt=e}async begin(e){if(this.#e=e,!this.#n){for(this.#n=!0;this.#e;){this.#o=new AbortController;let n=Math.max((this.#e.retryAfter??0)*1e3,this.#t*(.5+Math.random()/2));await ue(n,this.#o.signal).catch(()=>{}),this.#t=Math.min(this.#t*2,As),this.#e&&await this.#s()}this.#n=!1}}now(){this.#n?this.#o.abort():this.#s()}over(){this.#e=null,this.#t=jn,this.#o.abort()}async#s(){try{await this.attempt()}catch(e){this.#e=re(e)?e:null}}};var me=Object.freeze({"If-None-Match":"*"}),zs=3,Os=20,$t=4;async function Bn(t,e,{signal:n}={}){let o=new Map(e),s=new Map;for(let r of t){if(o.has(r))continue;let a=r.slice(0,Math.max(r.lastIndexOf("/"),0));s.set(a,(s.get(a)??0)+1)}let i=[];for(let r of[...s.keys()].sort()){if(s.get(r)<=zs||i.some(h=>r.startsWith(`${h}/`)))continue;let a=await Ls(r,n);a||i.push(r);for(let h of a??[])o.set(r?`${r}/${h.name}`:h.name,h)}return o}async function Ls(t,e){let n=[],o=null;try{for(let s=0;s<Os;s++){let i=await ee(t,{cursor:o,signal:e});if(n.push(...i.entries),o=i.cursor,o===null)break}}catch(s){if(s.status===404||s.type==="conflict")return null;throw s}return n}async function Hn(t){try{return{name:t.slice(t.lastIndexOf("/")+1),kind:"file",...await U(t)}}catch(e){if(e instanceof g&&!re(e))return null;throw e}}async function Dt(t,{overtaken:e=!1}={}){let n=t.slice(0,$t).map(({path:i,file:r,entry:a})=>c("li",{},L(i),c("span",{},l("transfer.there",{old:`${y(a.size)}, ${G(a.modified)}`,new:`${y(r.size)}, ${G(new Date(r.lastModified).toISOString())}`}))));t.length>$t&&n.push(c("li",{},l("transfer.andMore",{count:t.length-$t})));let o=t.length;return(await R({title:l(e?"transfer.overtaken":"transfer.isThere",{count:o}),body:[c("ul.conflicts",{},...n),l("transfer.replaceText")],choices:[{value:"both",label:l("clash.both"),kind:"primary"},{value:"replace",label:l("clash.replace"),kind:"danger"}],cancel:l("clash.skip")}))?.choice??"skip"}function we(t,e){let n=t.lastIndexOf("/")+1,o=t.lastIndexOf("."),s=o>n?o:t.length,[,i,r]=/^(.*?)(?: \((\d{1,6})\))?$/s.exec(t.slice(n,s));for(let a=Number(r??1)+1;;a++){let h=`${t.slice(0,n)}${i} (${a})${t.slice(s)}`;if(!e(h))return h}}var Cs=4,E=(t,e)=>t?`${t}/${e}`:e,A=t=>t.slice(0,Math.max(0,t.lastIndexOf("/"))),M=t=>t.slice(t.lastIndexOf("/")+1),Ae=class{done=[];kept=[];failures=[]};async function*Pt(t,e,n){e.push(t);let o=null,s=0;do{let i=await ee(t,{cursor:o,signal:n});for(let r of i.entries){s++;let a=E(t,r.name);r.kind==="directory"?yield*Pt(a,e,n):yield{path:a,entry:r}}o=i.cursor===o?null:i.cursor}while(o!==null);s||(yield{path:t,entry:null})}async function*Is(t,e,n,o){for(let s of e){let i=E(t,s.name);s.kind==="directory"?yield*Pt(i,n,o):yield{path:i,entry:s}}}async function Nt(t,e,n,{signal:o,progress:s=()=>{}}){let i=null,r=async()=>{for(;;){if(o?.aborted)return;let{value:a,done:h}=await t.next();if(h||o?.aborted)return;try{await e(a)}catch(d){if(o?.aborted)return;n.failures.push({path:a.path,error:d})}s(n.done.length)}};await Promise.all(Array.from({length:Cs},()=>r().catch(a=>{i??=a}))),i&&!o?.aborted&&n.failures.push({path:"",error:i})}async function Wn(t,e,{signal:n,progress:o,decide:s}){let i=Object.assign(new Ae,{files:[],directories:[]}),r=[];await Nt(Is(t,e,r,n),async({path:h,entry:d})=>{if(!d)return;let u=await $s(h,d,s,f=>qe(h,f));if(u===null){i.kept.push(h);return}i.done.push(h),i.files.push({path:h,etag:u,entry:d})},i,{signal:n,progress:o});let a=[...i.kept,...i.failures.map(({path:h})=>h)];for(let h of r.reverse())if(!(n?.aborted||a.some(d=>d.startsWith(`${h}/`))))try{await qe(h,null),i.directories.push(h),i.done.push(h)}catch(d){d.status!==404&&i.failures.push({path:h,error:d})}return i}async function $s(t,e,n,o){let s=e;for(;;)try{return await o(s.etag),s.etag}catch(i){if(i.status===404)return s.etag;if(i.status!==412)throw i;let r=await U(t).catch(Ds);if(r&&!await n.changed(t,s,r))return null;if(!r)return s.etag;s=r}}var Ds=t=>{if(t.status===404)return null;throw t};async function qn({files:t,directories:e},{signal:n,progress:o,decide:s}){let i=Object.assign(new Ae,{missing:0,elsewhere:!1}),r=new Map(t.map(d=>[`${d.etag} ${d.path}`,d])),a=[],h=null;for(;r.size&&!n?.aborted;){let d=await Pn({cursor:h,signal:n});for(let u of d.versions)r.delete(`${u.etag} ${u.path}`)&&a.push(u);if(d.cursor===null||d.cursor===h)break;h=d.cursor}i.missing=r.size,await Nt(a.values(),async d=>{let u=await Gn(d.path,s,(f,p)=>Nn(d,{to:f,overwrite:p}));i[u===null?"kept":"done"].push(d.path),i.elsewhere||=u!==d.path},i,{signal:n,progress:d=>o(d,a.length)});for(let d of[...e].reverse())!n?.aborted&&!i.done.some(u=>u.startsWith(`${d}/`))&&await te(d);return i}async function Gn(t,e,n){let o=new Set;for(let s=!1,i=t;;)try{return await n(i,s),i}catch(r){if(r.status!==412&&r.status!==409)throw r;let a=o.size?"both":await e.clash(t,r.status===412);if(a==="skip")return null;s=a==="replace",o.add(i),s||(i=we(t,h=>o.has(h)))}}async function Kn(t,e,n,{signal:o,progress:s,decide:i}){let r=Object.assign(new Ae,{moved:[]});for(let a of e){if(o?.aborted)break;let h=E(t,a.name),d=n(a),u=r.kept.length+r.failures.length;try{a.kind==="directory"?await Ps(h,d,r,{signal:o,progress:s,decide:i}):await Yn(h,d,a,r,i)}catch(p){o?.aborted||r.failures.push({path:h,error:p})}!o?.aborted&&u===r.kept.length+r.failures.length&&r.moved.push({entry:a,path:a.kind==="directory"?d:r.done.at(-1)}),s(r.done.length)}return r}async function Yn(t,e,n,o,s){let i=n,r=await Gn(e,s,async(a,h)=>{for(;;)try{await Dn(t,a,{etag:i.etag,overwrite:h});return}catch(d){if(d.status!==412)throw d;let u=await U(t);if(u.etag===i.etag)throw d;if(!await s.changed(t,i,u))throw new Ve;i=u}}).catch(a=>{if(a instanceof Ve)return null;throw a});r===null?o.kept.push(t):o.done.push(r)}var Ve=class extends Error{};async function Ps(t,e,n,{signal:o,progress:s,decide:i}){if(!await te(e)&&!await i.merge(e)){n.kept.push(t);return}let r=[],a=h=>e+h.slice(t.length);await Nt(Pt(t,r,o),async({path:h,entry:d})=>{d?await Yn(h,a(h),d,n,i):h!==t&&await te(a(h))},n,{signal:o,progress:s});for(let h of r.reverse()){if(o?.aborted)return;await qe(h,null).catch(d=>{if(![404,409].includes(d.status))throw d})}}function Vn({title:t,start:e,refuse:n}){let o=c("nav.crumbs",{"aria-label":l("app.path")}),s=c("ul.folders"),i=c("p.note",{role:"status"}),r=c("button",{},l("dialog.cancel")),a=c("button.primary",{},l("move.do")),h=c("div.chooser",{},c("h2",{id:"chooser"},t),o,s,i,c("div.buttons",{},r,a)),d=e,u=null,f=async(p,O=null)=>{d=p,u?.abort();let{signal:v}=u=new AbortController,J=p?p.split("/"):[];o.replaceChildren(...["",...J].map(($,q)=>{let T=c("button.plain",{onclick:()=>f(J.slice(0,q).join("/"))},q?L($):l("app.root"));return q===J.length&&T.setAttribute("aria-current","page"),T}));let N=n(p);a.disabled=!!N,i.textContent=N||l("list.loading"),O===null&&s.replaceChildren();try{let $=await ee(p,{cursor:O,signal:v}),q=$.entries.filter(({kind:T})=>T==="directory");if(s.append(...q.map(({name:T})=>c("li",{},c("button.plain",{onclick:()=>f(E(p,T))},b("folder"),L(T))))),$.cursor!==null){let T=c("button.plain",{},l("list.loadRest"));T.onclick=()=>{T.parentNode.remove(),f(p,$.cursor)},s.append(c("li",{},T))}i.textContent=N||(s.childElementCount?"":l("move.noFolders")),h.contains(document.activeElement)||o.lastChild.focus()}catch($){v.aborted||(i.textContent=x($))}};return Te(h,"chooser",{start(p){r.onclick=()=>p(null),a.onclick=()=>p(d),h.onkeydown=O=>{O.altKey&&O.key==="ArrowUp"&&f(A(d))},f(e),o.lastChild.focus()}}).finally(()=>u.abort())}var Xn=t=>m(M(t))||l("app.root");var Xe=class{#e=Promise.resolve();#n=new Map;constructor(e,{keepsVersions:n,many:o,signal:s}){Object.assign(this,{act:e,keepsVersions:n,many:o,signal:s})}async changed(e,n,o){return await this.#t("changed","keep",{title:l("changed.title",{name:m(M(e))}),body:[l("changed.text"),...Ns(n,o)],choices:[{value:"act",label:l(`changed.act.${this.act}`),kind:"danger"}],cancel:l("changed.keep"),cancelValue:"keep"})==="act"}clash(e,n){let o=[{value:"both",label:l("clash.both"),kind:"primary"}];return n&&o.push({value:"replace",label:l("clash.replace"),kind:"danger"}),this.#t(`clash ${n}`,"skip",{title:l("clash.title",{name:m(M(e))}),body:n?l(this.keepsVersions?"clash.replaceTrash":"clash.replaceNoTrash"):[],choices:o,cancel:l(this.many?"clash.skip":"dialog.cancel"),cancelValue:"skip"})}async merge(e){let n={name:m(M(e)),folder:m(M(A(e)))||l("app.root")};return await this.#t("merge","skip",{title:l("clash.mergeTitle"),body:l("clash.mergeText",n),choices:[{value:"merge",label:l("clash.merge"),kind:"primary"}],cancelValue:"skip"})==="merge"}#t(e,n,o){let s=this.#e.then(async()=>{if(this.#n.has(e))return this.#n.get(e);if(this.signal?.aborted)return n;let i=await R({...o,option:this.many?l("clash.option"):void 0,signal:this.signal}),r=i?.choice??n;return i?.option&&this.#n.set(e,r),r});return this.#e=s.catch(()=>{}),s}};function Ns(t,e){let n=(o,s)=>`${l(o)}: ${y(s.size)}, ${G(s.modified)}`;return[n("changed.seen",t),n("changed.now",e)]}function Zn(t){return t?t.includes("/")?l("name.slash"):"":l("name.empty")}var Ze=class{constructor(e){this.page=e}async makeFolder(){let{folder:e}=this.page,n=i=>e.find(i)?l("make.there",{name:m(i)}):"",o=await R({title:l("make.title"),input:{label:l("list.name"),check:i=>Zn(i)||n(i)},choices:[{value:"make",label:l("make.do"),kind:"primary"}]});if(!o)return;let s=o.value;await this.#i(async()=>{await te(E(e.path,s)),await this.page.patch(e.path,{added:[Rs(s)]},s)})}async rename(e){let{folder:n}=this.page,o=e.kind==="file"?e.name.lastIndexOf("."):-1,s=await R({title:l("rename.title",{name:m(e.name)}),input:{label:l("rename.label"),value:e.name,select:[0,o>0?o:e.name.length],check:Zn},choices:[{value:"rename",label:l("rename.do"),kind:"primary"}]});!s||s.value===e.name||await this.#e("rename",[e],n.path,()=>E(n.path,s.value))}async move(e){let{folder:n}=this.page,o=e.filter(({kind:i})=>i==="directory").map(({name:i})=>`${E(n.path,i)}/`),s=await Vn({title:l("move.title",{count:e.length}),start:n.path,refuse:i=>i===n.path?l("move.same"):o.some(r=>`${i}/`.startsWith(r))?l("move.inside"):""});s!==null&&await this.#e("move",e,n.path,i=>E(s,i.name))}async#e(e,n,o,s){let i=pe(l("move.working")),r=this.#o(e,n,i);await this.#i(async()=>{let a=await Kn(o,n,s,{...i,decide:r});i.end();let{moved:h}=a,d=h.map(({entry:v})=>v.name),f=h.filter(({path:v})=>A(v)===o).map(({entry:v,path:J})=>({...v,name:Rt(J),folded:void 0}));await this.page.patch(o,{removed:d,added:f},f[0]?.name);let p=A(s(n[0]));p!==o&&this.page.reload(p),this.#t(n,v=>[E(o,v.name),s(v)]);let O=e==="rename"?h.length?l("rename.done",{from:m(n[0].name),to:m(Rt(h[0].path))}):"":l("move.done",{count:h.length,to:Xn(p)});this.#s(h.length?O:"",a)},i)}async remove(e){let{folder:n,condition:o}=this.page,s=e.length;await o.known();let{keepsVersions:i}=o;if(!i&&!await R({title:l("remove.forGoodTitle",{count:s}),body:l("remove.forGoodText"),choices:[{value:"delete",label:l("remove.forGood"),kind:"danger"}]}))return;let r=pe(l("remove.working")),a=this.#o("delete",e,r);await this.#i(async()=>{let h=await Wn(n.path,e,{...r,decide:a});r.end();let d=new Set(h.done),u=e.filter(({name:v})=>d.has(E(n.path,v)));await this.page.patch(n.path,{removed:u.map(({name:v})=>v)}),this.#t(e,v=>[E(n.path,v.name)]);let f=u.length===1?l("remove.doneOne",{name:m(u[0].name)}):l("remove.done",{count:u.length}),p=()=>this.#n(n.path,h,u),O=i&&h.done.length;this.#s(u.length?f:"",h,O?[l("act.undo"),p]:void 0)},r)}async#n(e,n,o){let s=pe(l("remove.undoing")),i=this.#o("delete",n.files,s);await this.#i(async()=>{let r=await qn(n,{...s,decide:i});s.end(),r.elsewhere||r.kept.length||r.missing||r.failures.length?await this.page.reload(e):await this.page.patch(e,{added:o},o[0]?.name),this.#t(o,h=>[E(e,h.name)]);let a=r.missing?l("remove.missing",{count:r.missing}):"";this.#s([l("remove.undone",{count:r.done.length}),a].filter(Boolean).join(". "),r)},s)}#t(e,n){for(let o of e.filter(({kind:s})=>s==="directory").flatMap(n))this.page.reload(o,{below:!0})}#o(e,n,o){let s=n.length>1||n.some(({kind:i})=>i==="directory");return new Xe(e,{keepsVersions:this.page.condition.keepsVersions,many:s,signal:o.signal})}#s(e,{failures:n,kept:o},s){let i=n.map(({path:d,error:u})=>d?l("error.failedFor",{name:m(Rt(d)),why:x(u)}):x(u)),r=o.length?l("move.stay",{count:o.length}):"",a=n.length?l("error.some",{count:n.length}):"",h=[e,r,a].filter(Boolean).join(". ");h&&F(h,{action:s,details:i,kind:n.length?"wrong":"done"})}async#i(e,n){try{await e()}catch(o){n?.signal.aborted||F(`${l("error.title")}. ${x(o)}`,{kind:"wrong"})}finally{n?.end(),this.page.changed()}}},Rt=t=>t.slice(t.lastIndexOf("/")+1);function Rs(t){return{name:t,kind:"directory",size:0,modified:new Date().toISOString(),etag:null}}var ae=t=>`#/${t.split("/").map(encodeURIComponent).join("/")}`;function Je(){try{return location.hash.replace(/^#?\/*/,"").replace(/\/+$/,"").split("/").map(decodeURIComponent).join("/")}catch{return""}}var Qe=class{writable=!0;keepsVersions=!1;trouble=null;#e=0;#n=0;#t=null;constructor(e){this.told=e}async look(){let e=++this.#e,n=await We();e<this.#n||(this.#n=e,this.writable=n.access!=="read-only",this.keepsVersions=n.trash_days>0,this.trouble=n.status==="fail"?new g(503,{type:"unhealthy",detail:n.reason}):null,this.told(n))}lookSoon(){this.#t??=Promise.resolve().then(()=>(this.#t=null,this.look())).catch(()=>{})}async known(){this.#n||await this.look().catch(()=>{})}};var Us=1e4,Fs=1e4,et=new Map,Jn=null;async function ze(t,{save:e=!1}={}){let n=At(t);if(!S())return{url:n,ended:new Promise(()=>{}),release(){}};let o=await _s();if(!o)return null;let s=crypto.randomUUID(),i=e?setInterval(()=>o.postMessage({awake:!0}),Fs):0,r=new Promise(h=>et.set(s,{url:n,end:h})),a=()=>{et.delete(s),clearInterval(i)};return{url:`${n}?${e?"save":"view"}=${s}`,ended:r,release:a}}function _s(){let t=navigator.serviceWorker;if(!t)return null;let e=new Promise(n=>setTimeout(n,Us,null));return Jn??=Promise.race([js(t).catch(()=>null),e]),Jn}async function js(t){t.addEventListener("message",Bs),t.startMessages();let e=new Promise(o=>t.addEventListener("controllerchange",o,{once:!0})),n=await t.register("page/worker.js",{scope:"./",updateViaCache:"none"});return t.controller||(n.active?.postMessage({claim:!0}),await e),t.controller}async function Bs({data:t,ports:e}){if(t.ended)et.get(t.ended)?.end(t);else if(t.ask){let n=et.get(t.ask)?.url===t.url;n&&t.refused&&await de(t.refused),e[0].postMessage({token:n?S():null})}}var Hs=4*1024*1024,Qn=400,tt=512*1024*1024,eo=Promise.resolve(),Oe={save(t,e){let n=eo.then(()=>Ws(t,e).catch(o=>to(t,x(o))));return eo=n,n}};async function Ws(t,e){if(!S()){no(t,(await ze(t)).url),await new Promise(i=>setTimeout(i,Qn));return}let n=await ze(t,{save:!0});if(!n)return qs(t,e);let o=c("iframe",{src:n.url,hidden:!0,title:l("download.fetching",{name:m(M(t))})});document.body.append(o);let s=await n.ended;n.release(),setTimeout(()=>o.remove(),Qn*10),s.failed===412?F(l("download.changed",{name:m(M(t))}),{kind:"wrong"}):"failed"in s&&to(t,x(new g(s.failed)))}function to(t,e){F(l("download.failed",{name:m(M(t)),why:e}),{kind:"wrong"})}async function qs(t,e){let n=m(M(t));if(e.size>tt){let s={name:n,size:y(e.size),largest:y(tt)};F(l("download.tooLarge",s),{kind:"wrong"});return}let o=pe(l("download.fetching",{name:n}));try{let s=await Ut(t,{signal:o.signal,progress:o.progress}),i=URL.createObjectURL(new Blob([s],{type:"application/octet-stream"}));no(t,i),setTimeout(()=>URL.revokeObjectURL(i),6e4)}catch(s){if(o.signal.aborted)return;if(s.status===412)F(l("download.changed",{name:n}),{kind:"wrong"});else throw s}finally{o.end()}}async function Ut(t,{signal:e,progress:n}={}){let{etag:o,size:s}=await U(t,{signal:e}),i=[],r="";for(let a=0;a<s;){let h={Range:`bytes=${a}-${a+Hs-1}`,"If-Match":o},d=await C("GET",`files/${I(t)}`,{headers:h,signal:e,cache:"no-store"}),u=await Se(d,"blob",e);r=d.headers.get("Content-Type"),i.push(u),a+=u.size,n?.(Math.round(a/s*100),100)}return new Blob(i,{type:r})}function no(t,e){let n=c("a",{href:e,download:M(t)});document.body.append(n),n.click(),n.remove()}var Gs=new Intl.Collator(Q,{numeric:!0,sensitivity:"base"}),oo=8,Ks={name:(t,e)=>Gs.compare(t.name,e.name),size:(t,e)=>t.size-e.size,date:(t,e)=>t.time-e.time},Ys=(t,e)=>t.name<e.name?-1:t.name>e.name?1:0,Le=class t{entries=[];view=[];complete=!1;order={by:null,descending:!1};query="";started=!1;stale=!1;failure=null;behind=null;#e=null;#n=null;#t=null;#o=null;#s=0;#i=0;#r=[];constructor(e,n){this.path=e,this.changed=n,this.leaving=new AbortController}async start(){await this.#c(),this.complete&&(this.order={by:"name",descending:!1}),await this.arrange(),this.started=!0}more(){return this.complete?Promise.resolve():this.#l(()=>this.arrange())}async all(e,n){for(;!this.complete&&!n.aborted;)await this.#l(),e(this.entries.length),this.query&&!this.order.by&&await this.arrange();await this.arrange()}reload(){return this.stale=!0,this.started?(this.#t??=this.#h(),this.#t):Promise.resolve()}async#h(){try{for(;this.stale;)this.stale=!1,await this.#a()}finally{this.#t=null}}async#a(){let e=this.#r.length,n=new t(this.path,()=>{});n.leaving=this.leaving;do await n.#c();while(!n.complete&&n.entries.length<this.entries.length);this.#i++,this.entries=n.entries,this.complete=n.complete,this.#e=n.#e,this.#d(e),this.complete&&(this.order.by??="name"),await this.arrange()}#l(e){return this.#n??=(async()=>{try{await this.#c(),await e?.()}finally{this.#n=null}})(),this.#n}async#c(){let e=this.#e,n=this.#i,o=this.#r.length,s=await ee(this.path,{cursor:e,signal:this.leaving.signal});if(n===this.#i){this.#e=s.cursor,this.complete=s.cursor===null||s.cursor===e,this.#r.length&&this.#u(s.entries.map(({name:i})=>i));for(let i of s.entries)this.entries.push(so(i));this.#d(o)}}find(e){return this.entries.find(n=>n.name===e)}patch(e){return this.#r.push(e),this.#d(this.#r.length-1),this.arrange()}#d(e){for(let{removed:n=[],added:o=[]}of this.#r.slice(e)){this.#u([...n,...o.map(({name:s})=>s)]);for(let s of o)this.entries.push(so(s))}}#u(e){let n=new Set(e);this.entries=this.entries.filter(({name:o})=>!n.has(o))}sort(e,n){return this.order={by:e,descending:n},this.arrange()}search(e){return this.query=e,this.arrange()}arrange(){return this.#s++,this.#o??=this.#p(),this.#o}async#p(){try{for(let e=0;e!==this.#s&&!this.leaving.signal.aborted;){e=this.#s;let n=Vs(),o=()=>n().then(()=>e!==this.#s||this.leaving.signal.aborted),s=await this.#f(o);s&&(this.view=s,this.changed())}}finally{this.#o=null}}async#f(e){let{entries:n,order:{by:o,descending:s}}=this,i=n;if(this.query){let h=io(this.query);i=[];for(let d=0;d<n.length;d++){let u=n[d];if((u.folded??=io(u.name)).includes(h)&&i.push(u),d%512===511&&await e())return null}}if(!o)return i;let r=Ks[o],a=s?-1:1;return Xs(i,(h,d)=>(h.kind===d.kind?0:h.kind==="directory"?-1:1)||a*r(h,d)||a*Ys(h,d),e)}};function so(t){return t.time=Date.parse(t.modified)||0,t}function io(t){return t.normalize("NFKD").replace(new RegExp("\\p{M}","gu"),"").toLowerCase()}function Vs(){let t=performance.now()+oo;return async()=>{performance.now()<t||(await new Promise(e=>setTimeout(e)),t=performance.now()+oo)}}async function Xs(t,e,n){let s=[];for(let i=0;i<t.length;i+=256)if(s.push(t.slice(i,i+256).sort(e)),await n())return null;for(;s.length>1;){let i=[];for(let r=0;r<s.length;r+=2)if(i.push(s[r+1]?await Zs(s[r],s[r+1],e,n):s[r]),!i.at(-1))return null;s=i}return s[0]??[]}async function Zs(t,e,n,o){let s=[],i=0,r=0;for(;i<t.length&&r<e.length;)if(s.push(n(t[i],e[r])<=0?t[i++]:e[r++]),s.length%512===0&&await o())return null;return s.concat(t.slice(i),e.slice(r))}var ge=(t,e,n="")=>c(`button.tool${n}`,{title:l(`act.${t}`)},b(e),c("span",{},l(`act.${t}`))),_=c("input",{type:"search",placeholder:l("app.search"),"aria-label":l("app.search"),spellcheck:!1,dir:"auto"}),ot=c("button.plain",{"aria-label":l("app.menu"),"aria-haspopup":"menu"},b("more")),Ce=c("nav.crumbs",{"aria-label":l("app.path")}),ro=c("span.badge",{hidden:!0},l("app.readOnly")),be=c("div.scroller"),Y=c("section.panel",{hidden:!0,tabIndex:-1}),_t=c("div.foot"),ao=c("span"),lo=c("div.drop",{hidden:!0,"aria-hidden":"true"},ao),jt=c("div.transfers"),V={upload:ge("choose","upload",".primary"),newFolder:ge("newFolder","newFolder")},z={download:ge("download","download"),rename:ge("rename","rename"),move:ge("move","move"),delete:ge("delete","delete"),clear:c("button.plain",{"aria-label":l("act.clear"),title:l("act.clear")},b("close")),count:c("span.number")};V.upload.setAttribute("aria-haspopup","menu");var co=c("div.tools",{},ro,V.newFolder,V.upload),ho=c("div.tools",{role:"toolbar","aria-label":l("act.selection"),hidden:!0},z.clear,z.count,z.download,z.rename,z.move,z.delete),uo=c("div.bar"),fo=c("span"),nt=c("div.meter",{"aria-hidden":"true"},c("div")),Ft=c("div.usage",{hidden:!0},nt,fo),po=c("main",{},uo,Ke.banner,be,Y,_t,lo);function mo(){let t=c("button.skip",{onclick:()=>document.dispatchEvent(new CustomEvent("drive:focus"))},l("app.skip"));uo.append(Ce,co,ho),document.body.append(t,c("header",{},c("h1",{},b("folder"),c("span",{},l("app.brand"))),c("label.search",{},b("search"),_,c("kbd",{"aria-hidden":"true"},"/")),Ft,ot),po,c("aside.dock",{"aria-label":l("app.notes")},Ke.notes,jt),Ke.live)}function Bt(t,e){let n=t?t.split("/"):[],o=["",...n].map((s,i)=>{let r=c("a",{href:e(n.slice(0,i).join("/"))},i?L(s):l("app.root"));return i===n.length&&r.setAttribute("aria-current","page"),i&&(r.title=s),c("li",{},r)});Ce.replaceChildren(c("ol",{},...o)),Ce.scrollLeft=Ce.scrollWidth*(getComputedStyle(Ce).direction==="rtl"?-1:1)}function wo(t,e){if(Ft.hidden=!Number.isFinite(t),Ft.hidden)return;let n=e?l("app.usedOf",{used:y(t),all:y(e)}):l("app.used",{used:y(t)});fo.textContent=n,nt.hidden=!e,nt.firstChild.style.width=`${Math.min(1,t/e)*100}%`,nt.classList.toggle("full",t>e*.9)}function go(t,{files:e,writable:n,ready:o}){co.hidden=t>0,ho.hidden=!t,ro.hidden=n;for(let s of Object.values(V))s.hidden=!n||!o;z.count.textContent=l("act.selected",{count:t}),z.download.hidden=!e,z.rename.hidden=!n||t!==1,z.move.hidden=z.delete.hidden=!n,po.classList.toggle("choosing",t>0)}function Ie(t,e,n,o=[]){Y.replaceChildren(b(t),c("h2",{},e),n?c("p",{},n):"",c("div.buttons",{},...o.map(([s,i,r])=>c(`button${r?".primary":""}`,{onclick:i},s)))),Y.hidden=!1,be.hidden=!0}function bo(){Y.hidden=!0,be.hidden=!1}function yo(t){lo.hidden=t===null,ao.textContent=t===null?"":l("list.drop",{name:t})}var vo=/Mac|iP/.test(navigator.platform)?"⌘":"Ctrl",Js=[["↑ ↓","keys.arrows"],["Enter","act.open"],["Backspace","keys.up"],["Space","keys.space"],["Shift ↑ ↓","keys.extend"],[`${vo} A`,"act.selectAll"],["A – Z","keys.type"],["F2","act.rename"],["Delete","act.delete"],[`${vo} Z`,"act.undo"],["Shift F10","keys.context"],["/","app.search"],["Esc","keys.escape"],["?","keys.title"]];function st(){let t=c("button.primary",{},l("dialog.close"));Te(c("div.keys",{},c("h2",{id:"keys"},l("keys.title")),c("dl",{},...Js.map(([e,n])=>c("div",{},c("dt",{},c("kbd",{},e)),c("dd",{},l(n))))),c("div.buttons",{},t)),"keys",{start(e){t.onclick=()=>e(null),t.focus()}})}function ko(){Tn(async t=>{for(;;){let e=await R({title:l("token.title"),body:l(t?"token.wrong":"token.ask"),stays:!0,input:{label:l("token.label"),type:"password",check:n=>n.trim()?/^[A-Za-z0-9._~+/-]+=*$/.test(n.trim())?"":l("token.shape"):l("token.empty")},choices:[{value:"open",label:l("token.do"),kind:"primary"}]});if(e)return e.value.trim()}})}function xo(t){document.addEventListener("keydown",e=>{let{key:n}=e,o=e.ctrlKey||e.metaKey,s=e.target.matches("input:not([type=checkbox]), textarea");if(!(e.defaultPrevented||s&&e.target!==_)){if(n==="Escape")s&&_.value?t.search(""):!t.clear()&&s&&t.focusList();else if(s){if(n!=="ArrowDown")return;t.focusList()}else if(o&&n.toLowerCase()==="a")t.selectAll();else if(o&&n.toLowerCase()==="z")Fn();else if(n==="/"&&!o)_.focus();else if(n==="?")st();else if(n==="ArrowDown"&&e.target===document.body)t.focusList();else if(n==="Backspace"&&!o||e.altKey&&n==="ArrowUp")t.up();else return;e.preventDefault()}})}var Qs={archive:"7z bz2 gz rar tar tgz xz zip zst",audio:"aac flac m4a mp3 ogg opus wav",picture:"avif bmp gif heic jpeg jpg png svg tiff webp",text:"css csv doc docx html js json log md odt pdf py rtf sh sql tex toml txt xml yaml",video:"avi m4v mkv mov mp4 mpg webm"},ei=new Map(Object.entries(Qs).flatMap(([t,e])=>e.split(" ").map(n=>[n,t])));function $e({kind:t,name:e}){return t==="directory"?"folder":ei.get(e.slice(e.lastIndexOf(".")+1).toLowerCase())??"file"}var Eo=12,ti=900,ni=400,it=class{active=0;view=[];#e=new Map;#n={text:"",at:0};#t=44;#o=0;constructor(e,n,o){Object.assign(this,{scroller:e,selection:n,on:o}),this.all=c("input",{type:"checkbox","aria-label":l("act.selectAll")}),this.all.onclick=()=>this.#u(()=>this.all.checked?n.all(this.view):n.clear()),this.heads=Object.fromEntries(["name","size","date"].map(s=>[s,this.#s(s)])),this.body=c("div.rows",{role:"rowgroup"}),this.grid=c("div.grid",{role:"grid","aria-multiselectable":"true","aria-colcount":5},c("div.head",{role:"rowgroup"},c("div.row",{role:"row","aria-rowindex":1},c("div.check",{role:"columnheader"},this.all),...Object.values(this.heads),c("div.more",{role:"columnheader"},c("span.hidden",{},l("act.selection"))))),this.body),e.append(this.grid),e.addEventListener("scroll",()=>this.#r(),{passive:!0}),new ResizeObserver(()=>this.#r()).observe(e),this.body.addEventListener("click",s=>this.#p(s)),this.body.addEventListener("dblclick",s=>{s.target.closest("input, button, a")||this.on.open(this.entryAt(s.target))}),this.body.addEventListener("contextmenu",s=>this.#f(s)),this.body.addEventListener("keydown",s=>this.#m(s)),this.body.addEventListener("focusin",s=>this.#l(this.#d(s.target)))}#s(e){let n=c("button",{onclick:()=>this.on.sort(e)},c("span",{},l(`list.${e}`)),b("sorted"));return c(`div.${e}`,{role:"columnheader"},n)}show(e,{complete:n,order:o,label:s}){let i=this.#i(),r=new Map(e.map(({name:h},d)=>[h,d])),a=this.view.slice(this.active).find(({name:h})=>r.has(h));this.view=e,this.active=a?r.get(a.name):Math.max(0,e.length-1),this.grid.setAttribute("aria-label",s),this.grid.setAttribute("aria-rowcount",n?e.length+1:-1);for(let[h,d]of Object.entries(this.heads)){let u=o.by!==h?"none":o.descending?"descending":"ascending";d.setAttribute("aria-sort",u)}return this.render(),i!==null&&e.length&&this.focus(i),i!==null&&!e.length}enter(e,n,o){this.view=o,this.active=Math.max(0,o.findIndex(s=>s.name===e)),this.body.style.height=`${o.length*this.#t}px`,this.scroller.scrollTop=n,e!==void 0&&o.length&&this.#c(this.active)}entryAt(e){return this.view[e.closest?.(".row")?.index??-1]}focus(e=""){this.#c(this.active),this.render();let n=this.#e.get(this.active);(e&&n?.querySelector(e)||n)?.focus({preventScroll:!0})}goTo(e){let n=this.view.findIndex(o=>o.name===e);return n>=0&&this.#l(n),n>=0}#i(){let e=document.activeElement;if(!this.body.contains(e))return null;let{control:n}=e.dataset;return n?`[data-control=${n}]`:""}#r(){this.#o||=requestAnimationFrame(()=>{this.render()})}render(){cancelAnimationFrame(this.#o),this.#o=0,this.#t=parseFloat(getComputedStyle(this.scroller).getPropertyValue("--row"));let{scrollTop:e,clientHeight:n}=this.scroller,o=this.view.length;this.body.style.height=`${o*this.#t}px`;let s=Math.max(0,Math.floor(e/this.#t)-Eo),i=Math.min(o,Math.ceil((e+n)/this.#t)+Eo),r=this.#i()===null?-1:this.#d(document.activeElement),a=d=>d>=s&&d<i||d===this.active;for(let[d,u]of this.#e)(d>=o||!a(d)&&d!==r)&&(u.remove(),this.#e.delete(d));let h=[];for(let d=s;d<i;d++)h.push(d);this.active<o&&(this.active<s||this.active>=i)&&h.push(this.active);for(let d of h)this.#e.has(d)||this.#h(d);for(let[d,u]of this.#e)this.#a(u,d);this.all.checked=o>0&&this.selection.size>=o,this.all.indeterminate=this.selection.size>0&&!this.all.checked,i>o-ni&&this.on.more()}#h(e){let n=oi(),o=[...this.#e.keys()].filter(s=>s>e);this.body.insertBefore(n,o.length?this.#e.get(Math.min(...o)):null),this.#e.set(e,n)}#a(e,n){let o=this.view[n];e.entry!==o&&si(e,o,this.on.address(o));let s=this.selection.has(o);e.setAttribute("aria-selected",s),e.parts.check.checked=s,(e.index!==n||e.height!==this.#t)&&(e.style.transform=`translateY(${n*this.#t}px)`,e.setAttribute("aria-rowindex",n+2),Object.assign(e,{index:n,height:this.#t}));let i=n===this.active?0:-1;if(e.tabIndex!==i||e.tabbed!==i){e.tabbed=i;for(let r of[e,...e.querySelectorAll("[data-control]")])r.tabIndex=i}}#l(e){e<0||e===this.active||(this.active=e,this.render())}#c(e){let n=e*this.#t,o=this.scroller.clientHeight-this.body.offsetTop;n<this.scroller.scrollTop?this.scroller.scrollTop=n:n+this.#t>this.scroller.scrollTop+o&&(this.scroller.scrollTop=n+this.#t-o)}#d(e){return e.closest(".row")?.index??-1}#u(e){e(),this.render(),this.on.selected()}#p(e){let n=this.#d(e.target),o=this.view[n];if(!o)return;let s=e.target.closest("[data-control]")?.dataset.control;if(s==="more"){this.on.menu(o,e.target.closest("button"));return}let{selection:i}=this,r=e.ctrlKey||e.metaKey;if(s==="name"&&!r&&!e.shiftKey){o.kind==="file"&&this.on.open(o);return}if(s!=="check"&&e.preventDefault(),e.pointerType==="touch"&&!s&&!i.size){this.on.open(o);return}this.#l(n),this.#u(()=>{e.shiftKey?i.extend(this.view,n):r||s==="check"||e.pointerType==="touch"?i.toggle(o):i.only(o)}),s||this.focus()}#f(e){let n=this.entryAt(e.target);if(!n)return;e.preventDefault(),this.selection.has(n)||this.#u(()=>this.selection.only(n));let o=e.clientX||e.clientY;this.on.menu(n,o?e:e.target)}#m(e){let{key:n,shiftKey:o}=e,s=e.ctrlKey||e.metaKey,i=this.view[this.active],r=e.target.classList.contains("row"),a=Math.max(1,Math.floor((this.scroller.clientHeight-this.body.offsetTop)/this.#t)-1),h=this.view.length-1,d={ArrowDown:this.active+1,ArrowUp:this.active-1,Home:0,End:h,PageDown:this.active+a,PageUp:this.active-a}[n];if(d!==void 0&&!e.altKey){let u=Math.max(0,Math.min(h,d));o&&this.selection.startAt(i),this.#l(u),o&&this.#u(()=>this.selection.extend(this.view,u)),this.focus()}else if(n===" "&&r)this.#u(()=>o?this.selection.extend(this.view,this.active):this.selection.toggle(i));else if(n==="Enter"&&r&&!s&&!e.altKey)this.on.open(i);else if(n==="F2"||n==="Delete"||n==="Backspace"&&e.metaKey)this.on.act(i,n==="F2"?"rename":"delete");else if(n==="ContextMenu"||n==="F10"&&o)this.#f(e);else if(n.length===1&&!s&&!e.altKey&&r&&!" /?".includes(n))this.#w(n);else return;e.preventDefault()}#w(e){let n=Date.now(),o=(n-this.#n.at>ti?"":this.#n.text)+e.toLowerCase();this.#n={text:o,at:n};let s=this.active+(o.length===1?1:0),r=[...this.view.slice(s),...this.view.slice(0,s)].find(a=>a.name.toLowerCase().startsWith(o));r&&this.goTo(r.name)&&this.focus()}};function oi(){let t={check:c("input",{type:"checkbox"}),icon:b("file"),size:c("div.size",{role:"gridcell"}),date:c("div.date",{role:"gridcell"}),more:c("button.plain",{"aria-haspopup":"menu"},b("more"))};t.check.dataset.control="check",t.more.dataset.control="more",t.name=c("div.name",{role:"rowheader"},t.icon);let e=c("div.row",{role:"row"},c("div.check",{role:"gridcell"},t.check),t.name,t.size,t.date,c("div.more",{role:"gridcell"},t.more));return e.parts=t,e}function si(t,e,n){t.entry=e;let{parts:o}=t,s=e.kind==="directory",i=m(e.name),r=s?c("a",{href:n},L(e.name)):c("button",{},L(e.name));r.dataset.control="name",r.title=i,r.dir="auto";let a=o.label===document.activeElement&&o.label;o.label?.remove(),o.name.append(r),o.label=r,a&&r.focus({preventScroll:!0}),t.tabbed=void 0;let h=$e(e);vt(o.icon,h),o.icon.setAttribute("class",`icon icon-${h}`),o.size.textContent=s?"":y(e.size),o.date.textContent=G(e.modified),o.check.setAttribute("aria-label",l("act.select",{name:i})),o.more.setAttribute("aria-label",l("act.more",{name:i}))}var ne=()=>{},To=()=>ne();function rt(t,e,n){ne();let o=document.activeElement,s=[],i=t.map(u=>{if(!u)return c("div.line",{role:"separator"});let f=c(`button${u.danger?".danger":""}`,{role:"menuitem",tabIndex:-1},b(u.icon),c("span",{},u.label),u.keys?c("kbd",{"aria-hidden":"true"},u.keys):null);return f.onclick=()=>{ne(),u.act()},s.push(f),f}),r=c("div.menu",{role:"menu","aria-label":n?.textContent??""},n?c("div.title",{"aria-hidden":"true"},n):null,...i),a=e instanceof Element&&e.matches("button")?e:null;a?.setAttribute("aria-expanded","true"),ne=()=>{ne=()=>{},a?.setAttribute("aria-expanded","false"),document.removeEventListener("pointerdown",d,!0),removeEventListener("resize",h),removeEventListener("hashchange",h);let u=r.contains(document.activeElement);r.remove(),u&&o?.isConnected&&o.focus()};let h=()=>ne(),d=u=>{r.contains(u.target)||ne()};r.onkeydown=u=>{u.stopPropagation();let f=s.indexOf(document.activeElement),p={ArrowDown:f+1,ArrowUp:f-1,Home:0,End:-1}[u.key];if(p!==void 0)s.at(p%s.length).focus();else if(u.key==="Escape"||u.key==="Tab")ne();else return;u.preventDefault()},r.oncontextmenu=u=>u.preventDefault(),document.addEventListener("pointerdown",d,!0),addEventListener("resize",h),addEventListener("hashchange",h),document.querySelector("main").append(r),ii(r,e),s[0].focus()}function ii(t,e){let{width:n,height:o}=t.getBoundingClientRect(),s=getComputedStyle(document.documentElement).direction==="rtl",i=e.clientX,r=e.clientY;if(e instanceof Element){let a=e.getBoundingClientRect();i=s?a.left:a.right-n,r=a.bottom+4,r+o>innerHeight-8&&(r=a.top-o-4)}else s&&(i-=n);t.style.left=`${Math.max(8,Math.min(i,innerWidth-n-8))}px`,t.style.top=`${Math.max(8,Math.min(r,innerHeight-o-8))}px`}function So(t,e,{writable:n,does:o}){let[s]=t,i=t.length===1,r=t.every(({kind:h})=>h==="file"),a=(h,d,u,f,p=!1)=>({label:l(`act.${h}`),icon:d,act:u,keys:f,danger:p});rt([...i?[a(r?"view":"open",r?"file":"folder",()=>o.open(s),"Enter")]:[],...r?[a("download","download",()=>o.download(t))]:[],...n?[...i||r?[null]:[],...i?[a("rename","rename",()=>o.rename(s),"F2")]:[],a("move","move",()=>o.move(t)),a("delete","delete",()=>o.remove(t),"Del",!0)]:[]],e,i?L(s.name):document.createTextNode(l("act.selected",{count:t.length})))}function Mo({reload:t,choose:e}){ot.onclick=()=>rt([{label:l("app.reload"),icon:"reload",act:t},{label:l("app.help"),icon:"text",act:st,keys:"?"},...S()?[null,{label:l("app.signOut"),icon:"signOut",act:Tt}]:[]],ot),V.upload.onclick=()=>rt([{label:l("act.chooseFiles"),icon:"file",act:()=>e(!1)},{label:l("act.chooseFolder"),icon:"folder",act:()=>e(!0)}],V.upload)}var Wt="lambda-drive upload ",Ao=()=>S()?new URL(".",document.baseURI).pathname:"",qt=({path:t,file:e,condition:n})=>Wt+JSON.stringify([Ao(),t,e.size,e.lastModified,n]);function zo(t){let e=Lo(qt(t));return e&&e.expires>Date.now()?e.upload:null}function Gt(t,e){let n={upload:t.upload,path:t.path,expires:Date.parse(e)||Date.now()};De(()=>localStorage.setItem(qt(t),JSON.stringify(n)))}function Kt(t){De(()=>localStorage.removeItem(qt(t)))}function Oo(){let t=[],e=Wt+JSON.stringify([Ao()]).slice(0,-1);for(let n of De(()=>Object.keys(localStorage))??[]){if(!n.startsWith(Wt))continue;let o=Lo(n);!o||o.expires<=Date.now()?De(()=>localStorage.removeItem(n)):n.startsWith(e)&&t.push(o.path)}return t}function Lo(t){let e=De(()=>JSON.parse(localStorage.getItem(t)));return typeof e?.path=="string"&&typeof e.expires=="number"&&/^uploads\/[0-9A-Za-z]+$/.test(e.upload)?e:null}function De(t){try{return t()}catch{return null}}var ri=/ Firefox\//.test(navigator.userAgent),Co=/ Chrome\//.test(navigator.userAgent),X=class extends Error{},ye=class extends X{};async function ve(t,e){let n;try{n=await t.arrayBuffer()}catch(o){throw new X(o.message)}if(n.byteLength!==e)throw new X(`${n.byteLength} bytes of ${e}`);return n}async function at(t){return globalThis.crypto.subtle?Yt(new Uint8Array(await crypto.subtle.digest("SHA-256",t))):null}function Yt(t){return btoa(String.fromCharCode(...t))}var lt=class{#e=new Map;constructor(e){this.file=e}async read(e,n){let o=await ve(n,n.size),s=await at(o);return this.#e.set(e,[n.size,s]),{bytes:o,digest:s}}async check(e){if(!ri)return;for(let[o,[s,i]]of this.#e){if(await at(await ve(this.file.slice(o,o+s),s))!==i)throw new ye(`another part at ${o}`);e()}let n=0;for await(let{byteLength:o}of this.file.stream())n+=o,e();if(n!==this.file.size)throw new ye(`${n} bytes of ${this.file.size}`)}};var Pe=60,Vt=4,ai=250,Io=3,ct=class{#e=!1;#n=new Map;#t=new Set;#o="";constructor(e,n){this.queue=n,this.element=e,this.title=c("h2",{id:"transfers-title"}),this.facts=c("p.facts"),this.bar=c("progress",{max:1,value:0,"aria-label":l("transfer.all")}),this.hold=c("button",{onclick:()=>n.stopped?n.resumeAll():n.pauseAll()}),this.retry=c("button",{onclick:()=>n.retryAll()}),this.cancel=c("button",{onclick:()=>this.#l()},l("transfer.cancel")),this.fold=c("button.plain",{"aria-label":l("transfer.fold"),onclick:()=>this.#h()},b("sorted")),this.close=c("button.plain",{"aria-label":l("transfer.clear"),onclick:()=>this.#a()},b("close")),this.space=c("div.all",{role:"list"}),this.list=c("div.uploads",{tabIndex:0,role:"group","aria-labelledby":"transfers-title",onscroll:()=>this.#s()},this.space),e.classList.add("transfers"),e.setAttribute("role","region"),e.setAttribute("aria-labelledby","transfers-title"),e.append(c("div.top",{},c("div.text",{},this.title,this.facts),this.fold,this.close),this.bar,c("div.acts",{},this.hold,this.retry,this.cancel),this.list),this.#c(),this.#s()}update(){this.#e||(this.#e=!0,setTimeout(()=>requestAnimationFrame(()=>{this.#e=!1,this.#s()}),ai))}busy(e){let n={text:e};return this.#t.add(n),this.update(),()=>{this.#t.delete(n),this.update()}}#s(){let{queue:e}=this,{length:n,by:o}=e;if(this.element.hidden=n+this.#t.size===0&&!this.reminder,this.element.hidden)return;let s=o.running.size+o.waiting.size+o.paused.size+o.asking.size;this.#i(s),this.bar.hidden=!s,this.bar.value=e.bytes?e.sent/e.bytes:li(o)/(e.count||1),Ne(this.hold,l(e.stopped?"transfer.resume":"transfer.pause")),this.hold.hidden=s===0,Ne(this.retry,l("transfer.again",{count:o.failed.size})),this.retry.hidden=o.failed.size===0,this.cancel.hidden=s===0,this.fold.hidden=n===0,this.close.hidden=s+this.#t.size>0,this.#r(n),o.running.size&&this.update()}#i(e){let{queue:n}=this,{by:o}=n,[s]=this.#t,i=s?s.text:e?l(n.stopped?"transfer.paused":"transfer.running",{count:e}):l("transfer.done",{count:o.done.size}),r=[];if(e){r.push(l("transfer.of",{done:y(n.sent),all:y(n.bytes)}));let h=n.stopped?0:n.rate;h&&(r.push(l("transfer.rate",{size:y(h)})),r.push(l("transfer.left",{time:hi((n.bytes-n.sent)/h)})))}o.failed.size&&r.push(l("transfer.failed",{count:o.failed.size})),Ne(this.title,i),Ne(this.facts,r.join(" · "));let a=s||!n.length?"":`${e>0} ${n.stopped} ${o.failed.size>0}`;a!==this.#o&&a&&D([i,...r.slice(e?3:0)].join(". ")),this.#o=a}#r(e){if(this.list.hidden=e===0||this.element.classList.contains("folded"),this.list.hidden)return;this.space.style.height=`${e*Pe}px`;let n=Math.max(0,Math.floor(this.list.scrollTop/Pe)-Vt),o=this.list.clientHeight||Pe*Vt,s=Math.min(e,n+Math.ceil(o/Pe)+2*Vt),i=this.queue.window(n,s),r=new Set(i);for(let[a,h]of this.#n)r.has(a)||(h.element.remove(),this.#n.delete(a));i.forEach((a,h)=>{let d=this.#n.get(a);d||(d=new Xt(a,this.queue),this.#n.set(a,d),this.space.append(d.element)),d.draw(n+h,e)})}#h(){this.element.classList.toggle("folded"),this.fold.setAttribute("aria-expanded",String(!this.element.classList.contains("folded"))),this.#s()}#a(){this.reminder?.remove(),this.reminder=null,this.queue.clear(),this.#s(),document.dispatchEvent(new CustomEvent("drive:focus"))}async#l(){let{running:e,waiting:n,paused:o,asking:s}=this.queue.by,i=e.size+n.size+o.size+s.size;await R({title:l("transfer.cancelTitle",{count:i}),body:l("transfer.cancelText"),choices:[{value:"cancel",label:l("transfer.cancelDo"),kind:"danger"}],cancel:l("transfer.keep")})&&await this.queue.cancelAll()}#c(){let e=Oo();if(!e.length)return;let n=e.slice(0,Io).map(m).join(", ")+(e.length>Io?" …":"");this.reminder=c("p.reminder",{},l("transfer.unfinished",{count:e.length,names:n})),this.list.before(this.reminder)}},Xt=class{constructor(e,n){Object.assign(this,{upload:e,queue:n,state:null,path:null}),this.name=c("div.path"),this.bar=c("progress",{max:1}),this.said=c("div.said"),this.hold=c("button.plain",{onclick:()=>this.#t()}),this.cancel=c("button.plain",{onclick:()=>n.cancel(e)},b("close")),this.element=c("div.upload",{role:"listitem"},c("div.text",{},this.name,this.bar,this.said),this.hold,this.cancel)}draw(e,n){let{upload:o,element:s}=this;s.style.transform=`translateY(${e*Pe}px)`,s.setAttribute("aria-posinset",e+1),s.setAttribute("aria-setsize",n),o.path!==this.path&&(this.path=o.path,this.name.replaceChildren(L(o.path)),this.name.title=m(o.path),this.bar.setAttribute("aria-label",m(o.path)));let{state:i,sent:r,file:a}=o;i!==this.state&&this.#e(i),this.bar.value=i==="done"?1:a.size?r/a.size:0,Ne(this.said,this.#n())}#e(e){this.state=e,this.element.dataset.state=e;let n=m(this.upload.path),o={waiting:"pause",running:"pause",paused:"resume",failed:"again"}[e];this.hold.hidden=!o,o&&(this.hold.setAttribute("aria-label",l(`transfer.${o}One`,{name:n})),this.hold.replaceChildren(b(o==="again"?"reload":o))),this.cancel.hidden=["done","skipped","cancelled"].includes(e),this.cancel.setAttribute("aria-label",l("transfer.cancelOne",{name:n})),this.bar.hidden=e==="done"||e==="failed"}#n(){let{state:e,sent:n,file:o,error:s,trouble:i}=this.upload;if(s)return s instanceof X?l("transfer.changed"):x(s);if(i)return x(i);let r=y(o.size);if(e==="running"||e==="paused"){let a=l("transfer.of",{done:y(n),all:r});return e==="paused"?`${l("transfer.paused")} · ${a}`:a}return{waiting:l("transfer.waiting"),asking:l("transfer.asking")}[e]??r}#t(){let{queue:e,upload:n}=this;n.state==="paused"||n.state==="failed"?e.resume(n):e.pause(n)}};function li(t){return t.done.size+t.skipped.size+t.cancelled.size}function Ne(t,e){t.textContent!==e&&(t.textContent=e)}var ci=[["second",60],["minute",60],["hour",24],["day",1/0]];function hi(t){let e=Math.max(1,t);for(let[n,o]of ci){let s=Math.ceil(e);if(s<o||o===1/0)return new Intl.NumberFormat(Q,{style:"unit",unit:n,unitDisplay:"long"}).format(s);e/=o}}var di=12e4,ui=16,Zt=1;function Jt(t,e){let n=Zt,o,s=()=>{clearTimeout(o),o=setTimeout(()=>{Zt=Math.max(Zt,n*2),e(new k("no answer"))},n*(di+t/ui))};return s(),{heard:s,end:()=>clearTimeout(o)}}async function Re(t,e,n){let o=new AbortController,s=()=>o.abort(e.reason);e?.aborted&&s(),e?.addEventListener("abort",s);let i=Jt(t,r=>o.abort(r));try{return await n(o.signal)}finally{i.end(),e?.removeEventListener("abort",s)}}var Ue=256*1024,fi="application/vnd.lambda-drive.files",$o=6,pi=4,Do=50,mi=10,wi=2*1024*1024,Po=$o*Do,ke=new Set,ht=0,dt=0,No=!0,Qt=!1,{port1:gi,port2:bi}=new MessageChannel;gi.onmessage=yi;function Ro(t,{signal:e,moved:n,alone:o}){return new Promise((s,i)=>{e.throwIfAborted(),I(t.path);let r={item:t,signal:e,moved:n,alone:o,resolve:s,reject:i};ke.add(r),e.addEventListener("abort",()=>{ke.delete(r),i(e.reason)}),en()})}async function Uo(t){dt++;try{return await t}finally{dt--,en()}}function en(){Qt||(Qt=!0,bi.postMessage(null))}function yi(){Qt=!1;let t=dt?Math.max(1,pi-dt):$o;for(;ke.size&&ht<t;){let e=Math.ceil(ke.size/(t-ht));ht++,ki(vi(Math.min(Do,Math.max(mi,e)))).finally(()=>{ht--,en()})}}function vi(t){let e=[],n=new Set,o=0;for(let s of ke){let{file:i,path:r}=s.item;if(o+=i.size,e.length&&(o>wi||n.has(r))||(ke.delete(s),e.push(s),n.add(r),!No||e.length===t))break}return e}async function ki(t){let e=t.length>1?await Ei(t):t,n=null;for(let{signal:o,alone:s,resolve:i,reject:r}of e)if(!o.aborted)try{if(n)throw n;i(await s())}catch(a){a instanceof k&&(n=a),r(a)}}async function xi(t){if(Co)return t.map(n=>[n,n.item.file]);let e=await Promise.allSettled(t.map(({item:{file:n}})=>ve(n,n.size)));return t.flatMap((n,o)=>{let{value:s,reason:i}=e[o];return i&&n.reject(i),i||n.signal.aborted?[]:[[n,s]]})}async function Ei(t){let e=await xi(t);if(!e.length)return[];let n=e.map(([h])=>h),o=new AbortController,s=n.length;for(let{signal:h}of n)h.addEventListener("abort",()=>{--s||o.abort(h.reason)});let i=JSON.stringify(n.map(({item:{path:h,file:d,condition:u}})=>({path:h,size:d.size,if_match:u["If-Match"],if_none_match:u["If-None-Match"]}))),r=new Blob([i,`
`,...e.map(([,h])=>h)]),a={"Content-Type":fi};try{let{files:h}=await Re(r.size,o.signal,async d=>(await C("POST","files/",{headers:a,body:r,signal:d,retry:!1})).json());return n.filter((d,u)=>!Ti(d,h[u]))}catch(h){let{status:d,type:u}=h;if(d===429||d===503&&u){for(let{reject:f}of n)f(h);return[]}return(d===404||d===405)&&(No=!1),n}}function Ti({item:t,moved:e,resolve:n,reject:o},s){if(!s||s.status===412)return!1;if(s.status<300)e(t.file.size),n(s.etag);else{let{type:i,detail:r}=s.problem;o(new g(s.status,{type:i.split(":").pop(),detail:r,body:s.problem}))}return!0}var Fe=4*1024*1024,Fo={"Tus-Resumable":"1.0.0"};function _o(t,{signal:e,moved:n}){let{size:o}=t.file,s=()=>Si(t,{signal:e,moved:n});return o<=Ue?Ro(t,{signal:e,moved:n,alone:s}):Uo(o>Fe?Ai(t,{signal:e,moved:n}):s())}async function _e(t){await t.beginning?.catch(()=>{});let{upload:e}=t;if(e){t.upload=t.parts=null,Kt(t);try{await C("DELETE",e,{headers:Fo,safe:!0})}catch(n){if(!(n instanceof g||n instanceof k))throw n}}}async function Si(t,{signal:e,moved:n}){let o=await ve(t.file,t.file.size),s=await at(o),i={"Content-Type":"application/octet-stream",...t.condition};s&&(i["Content-Digest"]=`sha-256=:${s}:`);try{let r=await Re(o.byteLength,e,a=>C("PUT",`files/${I(t.path)}`,{headers:i,body:jo(o),signal:a,retry:!1}));return n(o.byteLength),r.headers.get("ETag")}catch(r){if(r.status!==412||!s)throw r;let a=await Mi(t.path,o.byteLength,s);if(!a)throw r;return n(o.byteLength),a}}async function Mi(t,e,n){let o={"Want-Content-Digest":"sha-256=1"};try{if((await U(t)).size!==e)return null;let s=await C("GET",`files/${I(t)}`,{headers:o,cache:"no-store"});return await s.body?.cancel(),s.headers.get("Content-Digest")?.includes(`sha-256=:${n}:`)?s.headers.get("ETag"):null}catch(s){if(s.status===404)return null;throw s}}async function Ai(t,{signal:e,moved:n}){let o=await $i();for(;;){e.throwIfAborted(),t.upload??=zo(t),t.upload||(t.beginning=zi(t),await t.beginning.finally(()=>{t.beginning=null}),e.throwIfAborted());let s=await Oi(o,t,{signal:e,moved:n}).catch(async i=>{throw i instanceof ye&&await _e(t),i});if(Kt(t),t.upload=t.parts=null,s)return s}}async function zi(t){let e={...Fo,...t.condition,"Upload-Length":String(t.file.size),"Upload-Metadata":`filename ${Yt(new TextEncoder().encode(t.path))}`},n=await Re(0,null,o=>C("POST","uploads",{headers:e,signal:o,retry:!1}));t.upload=`uploads/${n.headers.get("Location").split("/").pop()}`,Gt(t,n.headers.get("Upload-Expires"))}function Oi(t,e,{signal:n,moved:o}){return new Promise((s,i)=>{let r=(u,f)=>{d.end(),n.removeEventListener("abort",a),u(f)},a=()=>{h.abort(),r(i,n.reason)},h=new t.Upload(e.file,{uploadUrl:new URL(e.upload,document.baseURI).href,chunkSize:Fe,retryDelays:null,fingerprint:async()=>null,httpStack:Ci(t,e,{signal:n,heard:()=>d.heard()}),async onAfterResponse(u,f){if(d.heard(),f.getStatus()>=300)throw await zt(Ii(f));Gt(e,f.getHeader("Upload-Expires"))},onProgress(u){d.heard(),o(u)},onSuccess({lastResponse:u}){let f=u.getHeader("ETag");r(s,f??Li(e))},onError(u){let f=u.causingError??u;if(f.status===404||f.status===410)return r(s,null);let p=f instanceof g||f instanceof X;r(i,p?f:new k(f.message))}}),d=Jt(Fe,u=>{h.abort(),r(i,u)});n.addEventListener("abort",a),h.start()})}async function Li(t){try{let{etag:e,size:n}=await U(t.path);return n===t.file.size?e:null}catch(e){if(e.status===404)return null;throw e}}function Ci(t,e,{signal:n,heard:o}){let s=new t.DefaultHttpStack;return e.parts??=new lt(e.file),{getName:()=>"DriveStack",createRequest(i,r){let a=s.createRequest(i,r),h=a.send.bind(a);return a.send=async d=>{let u=Number(a.getHeader("Upload-Offset")),{bytes:f,digest:p}=d?await e.parts.read(u,d):{};return d&&u+d.size===e.file.size&&await e.parts.check(o),n.throwIfAborted(),e.sentToken=S(),e.sentToken&&a.setHeader("Authorization",`Bearer ${e.sentToken}`),p&&a.setHeader("Upload-Checksum",`sha256 ${p}`),h(f&&jo(f))},a}}}function Ii(t){return{status:t.getStatus(),headers:{get:e=>t.getHeader(e)??null},json:async()=>JSON.parse(t.getBody())}}var tn=null;function $i(){return tn??=new Promise((t,e)=>{let n=document.createElement("script");n.src="page/tus.js?v=8cbb1b63fccc3bba",n.onload=()=>t(window.tus),n.onerror=()=>{tn=null,e(new k("page/tus.js?v=8cbb1b63fccc3bba"))},document.head.append(n)}),tn}function jo(t){return new Blob([t])}var Di=8,Pi=4,Bo=1e3,Ni=6e4,Ri=6,Ui=8e3,Fi=new Set([408,429,503]),_i=new Set(["internal","digest-mismatch","checksum-mismatch",""]),ji=new Set(["busy","upload-locked","offset-conflict","maintenance","not-configured"]),xe=class{constructor(e,n,o){Object.assign(this,{file:e,path:n,condition:o,state:"",sent:0,trouble:null,error:null}),this.directory=n.slice(0,Math.max(n.lastIndexOf("/"),0)),this.upload=this.parts=this.beginning=this.control=this.sentToken=null}},nn=["failed","asking","running","paused","waiting","done","skipped","cancelled"],Ho=new Set(["done","skipped","cancelled"]),ut=class{constructor({changed:e,done:n,overtaken:o,full:s}){Object.assign(this,{changed:e,done:n,overtaken:o,full:s}),this.by=Object.fromEntries(nn.map(i=>[i,new Set])),this.held=!1,this.#e(),An(()=>this.#d())}#e(){for(let e of Ho)this.by[e].clear();this.bytes=this.sent=this.count=0;for(let e of this.by.failed)this.#n(e);this.samples=[]}#n(e){this.count++,this.bytes+=e.file.size,this.sent+=e.sent}get active(){let{running:e,waiting:n,asking:o,paused:s}=this.by;return e.size+n.size+o.size+s.size>0}get stopped(){let{running:e,waiting:n,paused:o}=this.by;return e.size===0&&o.size+n.size>0}add(e){this.active||this.#e();for(let n of e)this.#n(n),this.#t(n,n.error?"failed":"waiting");this.#i()}window(e,n){let o=[],s=0;for(let i of nn){let{size:r}=this.by[i];if(s+r>e&&s<n){let a=s;for(let h of this.by[i]){if(a>=n)break;a++>=e&&o.push(h)}}s+=r}return o}get length(){return nn.reduce((e,n)=>e+this.by[n].size,0)}pause(e){(e.state==="waiting"||e.state==="running")&&this.#s(e,"paused")}resume(e){e.state!=="paused"&&e.state!=="failed"||(this.#t(e,"waiting"),this.stopped&&(this.held=!1),this.#i())}cancel(e){if(!Ho.has(e.state))return this.#s(e,"cancelled"),this.#o(e,0),_e(e)}skip(e){return this.#s(e,"skipped"),this.#o(e,0),_e(e)}pauseAll(){this.held=!0;for(let e of[...this.by.running])this.pause(e);this.changed()}resumeAll(){this.held=!1;let e=[...this.by.waiting];for(let n of[...this.by.paused])this.#t(n,"waiting");for(let n of e)this.#t(n,"waiting");this.#i()}async cancelAll(){this.held=!1;let{waiting:e,running:n,paused:o,asking:s}=this.by;await Promise.all([e,o,s,n].flatMap(i=>[...i]).map(i=>this.cancel(i)))}clear(){this.by.failed.clear(),this.#e(),this.changed()}retryAll(){this.held=!1;for(let e of[...this.by.failed])this.#t(e,"waiting");this.#i()}async goOn(e,n,o=e.path){await _e(e),Object.assign(e,{condition:n,path:o}),this.#o(e,0),e.state==="asking"&&this.#t(e,"waiting"),this.#i()}fail(e,n){e.state==="asking"&&this.#a(e,n)}get rate(){let e=performance.now();this.samples=this.samples.filter(([s])=>e-s<Ui),this.samples.push([e,this.sent]);let[[n,o]]=this.samples;return e-n<500?0:Math.max(0,(this.sent-o)/(e-n)*1e3)}#t(e,n){this.by[e.state]?.delete(e),e.state=n,n!=="failed"&&(e.error=null),e.trouble=null,this.by[n].add(e),this.changed()}#o(e,n){this.sent+=n-e.sent,e.sent=n,this.changed()}#s(e,n){let{control:o}=e;e.control=null,this.#t(e,n),o?.abort(new DOMException("stopped","AbortError")),this.#i()}#i(){let{waiting:e}=this.by;for(;!this.held&&e.size;){let[n]=e;if(!this.#r(n))break;this.#h(n)}}#r({file:e}){let{running:n}=this.by;if(e.size<=Ue)return n.size<Po;let o=[...n].map(i=>i.file.size).filter(i=>i>Ue),s=[e.size,...o].some(i=>i>Fe);return o.length<(s?Pi:Di)}async#h(e){this.#t(e,"running");let n=e.control=new AbortController;try{if(e.etag=await this.#l(e,n.signal),e.control!==n)return;e.control=null,this.#o(e,e.file.size),this.#t(e,"done"),this.done(e)}catch(o){if(n.signal.aborted||e.control!==n)return;e.control=null,this.#a(e,o)}this.#i()}#a(e,n){if(n.status===412&&n.type==="precondition-failed"){this.#t(e,"asking"),this.overtaken(e);return}e.error=n,this.#t(e,"failed"),(n.type==="no-space"||n.status===507)&&(this.pauseAll(),this.full(n))}async#l(e,n){let o=Bo;for(let s=1;;s++){let i=e.sent;try{let r=await this.#c(e,n);return ie(null),r}catch(r){if(n.throwIfAborted(),e.sent>i&&([s,o]=[1,Bo]),r.status===401){await de(e.sentToken),n.throwIfAborted();continue}if(!Bi(r,s))throw r;e.trouble=r,ie(r),this.changed(),await ue(Math.max((r.retryAfter??0)*1e3,o*(.5+Math.random())),n),o=Math.min(o*2,Ni)}}}async#c(e,n){let o=e.attempt=new AbortController,s=()=>o.abort(n.reason);n.addEventListener("abort",s);let i=r=>{n.aborted||(e.trouble=null,this.#o(e,r))};e.sentToken=S();try{return await _o(e,{signal:o.signal,moved:i})}finally{n.removeEventListener("abort",s)}}#d(){for(let e of this.by.running)e.attempt?.abort(new k("the machine slept"))}};function Bi(t,e){return t instanceof k?!0:t instanceof g?Fi.has(t.status)||ji.has(t.type)?t.body.status!=="fail":_i.has(t.type)&&(t.status>=500||t.type!=="")&&e<Ri:!1}async function Wo(t,e,n){let s=[...t.items].filter(({kind:r})=>r==="file").map(r=>r.webkitGetAsEntry?.()??r.getAsFile()).filter(Boolean),i={files:[],directories:[]};for(let r of s)await Go(r,Ko(e,r.name),i,n);return i}function qo(t,e){return[...t].map(n=>({file:n,path:Ko(e,n.webkitRelativePath||n.name)}))}async function Go(t,e,n,o){if(t instanceof File){n.files.push({file:t,path:e});return}try{if(t.isFile){n.files.push({file:await new Promise((i,r)=>t.file(i,r)),path:e});return}let s=!0;for await(let i of Hi(t))s=!1,await Go(i,`${e}/${i.name}`,n,o);s&&n.directories.push(e)}catch{o(e)}}async function*Hi(t){let e=t.createReader();for(;;){let n=await new Promise((o,s)=>e.readEntries(o,s));if(!n.length)return;yield*n}}function Ko(t,e){return t?`${t}/${e}`:e}var Wi=2e3,ft=null,pt=new Set,Yo=null,on=new Set,sn=null,P=new ut({changed:()=>ft?.update(),done:t=>Zo(t.directory),overtaken:t=>{pt.add(t),Yo??=Ki().finally(()=>{Yo=null})},full:t=>F(x(t),{kind:"wrong"})});addEventListener("beforeunload",t=>{P.active&&t.preventDefault()});var oe={mount(t){ft=new ct(t,P)},async add(t,{known:e=new Map,directories:n=[]}={}){let o=ft?.busy(l("transfer.looking"));try{let{access:s,max_file_bytes:i}=await We();if(s==="read-only")throw new g(403,{type:"read-only"});let r=await qi(Vo(t),e);P.add(Gi(Vo(r),i??1/0));for(let a of n)await te(a),Zo(A(a))}catch(s){F(x(s),{kind:"wrong"})}finally{o?.()}},async fromDrop(t,e,{known:n}={}){let o=ft?.busy(l("transfer.reading")),s=[];try{let{files:i,directories:r}=await Wo(t,e,a=>s.push(m(a)));await oe.add(i,{known:n,directories:r})}finally{o?.()}s.length&&F(l("transfer.unreadable"),{kind:"wrong",details:s})},fromInput(t,e,{known:n}={}){let o=qo(t.files,e);return t.value="",oe.add(o,{known:n})},get active(){return P.active}};function Vo(t){if(!P.active)return t;let e=({file:a,path:h})=>`${a.size} ${a.lastModified} ${h}`,{running:n,waiting:o,paused:s,asking:i}=P.by,r=new Set([n,o,s,i].flatMap(a=>[...a].map(e)));return t.filter(a=>!r.has(e(a)))}async function qi(t,e){let n=await Bn(t.map(({path:r})=>r),e),o=t.filter(({path:r})=>n.get(r)?.kind==="file").map(r=>({...r,entry:n.get(r.path)})),s=o.length?await Dt(o):"skip",i=new Set(t.map(({path:r})=>r));return t.flatMap(({file:r,path:a})=>{let h=n.get(a);if(h?.kind!=="file")return[new xe(r,a,me)];if(s==="skip")return[];if(s==="replace")return[new xe(r,a,{"If-Match":h.etag})];let d=we(a,u=>n.has(u)||i.has(u));return i.add(d),[Object.assign(new xe(r,d,me),{both:!0})]})}function Gi(t,e){for(let n of t){if(n.file.size<=e)continue;let o=l("transfer.tooLarge",{size:y(n.file.size),largest:y(e)});n.error=new Me(o)}return t}async function Ki(){for(;pt.size;){let t=[...pt];pt.clear();let e=[];for(let o of t){if(o.state!=="asking")continue;let s;try{s=await Hn(o.path)}catch(i){P.fail(o,i);continue}o.both&&s?await P.goOn(o,me,we(o.path,i=>i===o.path)):s?e.push({upload:o,path:o.path,file:o.file,entry:s}):await P.goOn(o,me)}if(!e.length)continue;let n=await Dt(e,{overtaken:!0});for(let{upload:o,path:s,entry:i}of e)o.state==="asking"&&(n==="skip"?await P.skip(o):n==="replace"?await P.goOn(o,{"If-Match":i.etag}):(o.both=!0,await P.goOn(o,me,we(s,r=>r===s))))}}function Zo(t){for(let e=t;on.add(e),!!e;e=A(e));sn??=setTimeout(Xo,Wi),P.active||Xo()}function Xo(){clearTimeout(sn),sn=null;let t=[...on];on.clear();for(let e of t)document.dispatchEvent(new CustomEvent("drive:changed",{detail:{directory:e}}))}function Qo({place:t,hover:e}){let n=s=>s.dataTransfer?.types.includes("Files"),o=null;document.addEventListener("dragenter",s=>{o=s.target}),document.addEventListener("dragover",s=>{if(!n(s))return;s.preventDefault();let i=t(s.target);s.dataTransfer.dropEffect=i?"copy":"none",e(i?i.directory:null)}),document.addEventListener("dragleave",s=>{s.target===o&&e(null)}),document.addEventListener("drop",s=>{if(!n(s))return;s.preventDefault(),e(null);let i=t(s.target);i&&oe.fromDrop(s.dataTransfer,i.directory,i)}),document.addEventListener("paste",s=>{let i=s.target.closest("input, dialog")?null:t(s.target);!i||!s.clipboardData.files.length||(s.preventDefault(),oe.fromDrop(s.clipboardData,i.directory,i))})}var Jo=null;function rn(t,e){Jo?.remove();let n=Jo=c("input",{type:"file",multiple:!0,webkitdirectory:e,hidden:!0});n.onchange=()=>oe.fromInput(n,t.directory,t),document.body.append(n),n.click()}var Yi=256*1024,es=/\.(7z|bz2|exe|gz|heic|jar|parquet|rar|rtf|docx?|pptx?|so|tar|tgz|tiff?|xlsx?|xz|zip|zst)$/i,ts={picture:"img",audio:"audio",video:"video"},ns={open(t,e,n=[e]){let o=n.map(s=>({path:E(A(t),s.name),entry:s}));return new Promise(s=>new an({path:t,entry:e},o,s))}},an=class{#e=null;constructor(e,n,o){this.siblings=n,this.at=Math.max(0,n.findIndex(({path:i})=>i===e.path)),this.before=document.activeElement,this.title=c("h2",{id:"preview-title"}),this.facts=c("p.facts"),this.stage=c("div.stage");let s=(i,r,a)=>c("button.plain",{"aria-label":l(`preview.${i}`),title:l(`preview.${i}`),onclick:a},b(r));this.previous=s("previous","previous",()=>this.#t(-1)),this.next=s("next","next",()=>this.#t(1)),this.close=s("close","close",()=>this.dialog.close()),this.dialog=c("dialog.preview",{"aria-labelledby":"preview-title"},c("div.top",{},c("div.text",{},this.title,this.facts),this.previous,this.next,s("download","download",()=>Oe.save(this.file.path,this.file.entry)),this.close),this.stage),this.dialog.onkeydown=i=>this.#n(i),this.dialog.onclose=()=>{this.#e?.abort(),this.dialog.remove(),this.before?.isConnected&&this.before.focus(),o()},this.previous.hidden=this.next.hidden=n.length<2,document.body.append(this.dialog),this.dialog.showModal(),this.close.focus(),this.#o(n[this.at]??e)}#n(e){if(e.stopPropagation(),e.defaultPrevented||e.altKey||e.ctrlKey||e.metaKey||e.target.closest("audio, video"))return;let n=getComputedStyle(this.dialog).direction==="rtl"?-1:1,o={ArrowLeft:-n,ArrowRight:n}[e.key];o&&(e.preventDefault(),this.#t(o))}#t(e){let{length:n}=this.siblings;this.at=(this.at+e+n)%n,this.#o(this.siblings[this.at])}async#o(e){this.#e?.abort();let n=this.#e=new AbortController,{signal:o}=n;this.file=e;let{path:s,entry:i}=e;this.title.replaceChildren(L(i.name)),this.title.title=m(s);let r=[y(i.size),G(i.modified)];this.siblings.length>1&&r.push(l("preview.of",{at:this.at+1,all:this.siblings.length})),this.facts.textContent=r.filter(Boolean).join(" · "),D(`${m(i.name)}. ${r.join(", ")}`),this.#c(c("p.facts",{},l("preview.loading"))),this.stage.setAttribute("aria-busy","true");try{let a=await this.#s(e,o);o.aborted||this.#c(a)}catch(a){o.aborted||this.#l(x(a))}finally{o.aborted||this.stage.removeAttribute("aria-busy")}}async#s({path:e,entry:n},o){let s=$e({...n,kind:"file"});return/\.pdf$/i.test(e)?navigator.pdfViewerEnabled===!1?this.#a(l("preview.noPdf")):this.#i("iframe",{path:e,entry:n},o):ts[s]&&!es.test(e)?this.#i(ts[s],{path:e,entry:n},o):s==="archive"||es.test(e)?this.#a(l("preview.noPreview")):this.#h({path:e,entry:n},o)}async#i(e,{path:n,entry:o},s){let i=await this.#r(e,{path:n,entry:o},s);if(!i)return this.#a(l("preview.noPreview"));if(s.aborted)return i.release(),null;let r=c(e);return e==="img"?r.alt=m(o.name):e==="iframe"?r.title=m(o.name):(r.controls=!0,r.preload="metadata",r.setAttribute("aria-label",m(o.name))),r.onerror=()=>{s.aborted||this.#l(l("preview.unshown"))},s.addEventListener("abort",()=>{r.onerror=null,r.removeAttribute("src"),e!=="img"&&e!=="iframe"&&r.load(),i.release()}),r.src=i.url,r}async#r(e,{path:n,entry:o},s){let i=await ze(n);if(i)return i;if(e==="iframe"||o.size>tt)return null;let r=URL.createObjectURL(await Ut(n,{signal:s}));return{url:r,release:()=>URL.revokeObjectURL(r)}}async#h({path:e,entry:n},o){if(!n.size)return c("pre",{},"");let s={Range:`bytes=0-${Yi-1}`},i=await C("GET",`files/${I(e)}`,{headers:s,signal:o,cache:"no-store"}),r=new Uint8Array(await Se(i,"arrayBuffer",o));if(r.includes(0))return this.#a(l("preview.noPreview"));let a=Number(i.headers.get("X-File-Size")??r.length),h=new TextDecoder().decode(r,{stream:r.length<a}),d=c("pre",{tabIndex:0,dir:"auto",role:"region","aria-label":m(n.name)},h),u=r.length<a&&l("preview.cut",{size:y(r.length),all:y(a)});return u?[c("p.facts",{},u),d]:d}#a(e){let{path:n,entry:o}=this.file;return c("div.nothing",{},b($e({...o,kind:"file"})),c("p",{},e),c("button.primary",{onclick:()=>Oe.save(n,o)},l("preview.download")))}#l(e){this.#c(this.#a(e))}#c(e){this.stage.replaceChildren(...[e].flat()),this.dialog.contains(document.activeElement)||this.close.focus()}};var mt=class{#e=new Set;#n=null;get size(){return this.#e.size}has(e){return this.#e.has(e.name)}of(e){return e.filter(n=>this.has(n))}only(e){this.#e=new Set([e.name]),this.#n=e.name}toggle(e){this.#e.delete(e.name)||this.#e.add(e.name),this.#n=e.name}extend(e,n){let o=Math.max(e.findIndex(s=>s.name===this.#n),0);this.#n??=e[o].name,this.#e=new Set(e.slice(Math.min(o,n),Math.max(o,n)+1).map(({name:s})=>s))}startAt(e){this.size||(this.#n=e.name)}all(e){this.#e=new Set(e.map(({name:n})=>n))}clear(){this.#e.clear()}keepOf(e){let n=new Set(e.map(({name:o})=>o));for(let o of this.#e)n.has(o)||this.#e.delete(o)}};var wt=class{#e=null;#n=null;constructor(e,n){this.folder=n,this.count=c("span"),this.bar=c("progress",{hidden:!0,"aria-label":l("list.loading")}),this.stop=c("button.plain.strong",{hidden:!0,onclick:()=>this.#e?.stop.abort()},l("act.stop")),this.rest=c("button.plain.strong",{hidden:!0,onclick:()=>this.#o()},l("list.loadRest")),e.append(this.count,this.bar,this.stop,this.rest)}get text(){return this.count.textContent}async sort(e,n){let o=this.folder();this.#n={folder:o,by:e,descending:n},o.complete?await this.#t(o):await this.#o()}async search(e){let n=this.folder();await n.search(e),n===this.folder()&&(D(this.text),e&&!n.complete&&await this.#o())}async#t(e){let n=this.#n;n?.folder===e&&(this.#n=null,await e.sort(n.by,n.descending))}async#o(){if(this.#s)return;let e=this.folder(),n=this.#e={folder:e,stop:new AbortController};this.tell();try{await e.all(()=>{this.#e===n&&this.tell()},n.stop.signal)}catch(s){e===this.folder()&&D(x(s))}if(this.#e!==n||(this.#e=null,await this.#t(e),e!==this.folder()))return;let o=this.stop===document.activeElement||this.rest===document.activeElement;this.tell(),o&&document.activeElement?.hidden!==!1&&document.dispatchEvent(new CustomEvent("drive:focus")),D(this.text)}get#s(){return this.#e?.folder===this.folder()&&!this.#e.stop.signal.aborted}tell(){let{complete:e,entries:n,order:o,query:s,view:i}=this.folder(),r=this.#e?.folder===this.folder(),a=n.length,h=s?l("list.found",{count:i.length}):l(e?"list.count":"list.countLoaded",{count:a}),d=!e&&(s||o.by);this.count.textContent=r?l("list.loadingAll",{count:a}):d?`${h}. ${l("list.partly")}`:a||s?h:"",this.bar.hidden=this.stop.hidden=!r,this.rest.hidden=!d||r}};var H=new Qe(t=>{wo(t.used_bytes,t.max_drive_bytes),ce(),Ee()}),w={condition:H,folder:new Le("",()=>{}),async patch(t,e,n){let{folder:o}=w;if(Z?.path===t&&Z.patch(e),o.path===t){if(o.failure){await yt(o);return}await o.patch(e),!(o!==w.folder||n===void 0||!B.goTo(n))&&(document.activeElement.matches("input:not([type=checkbox])")||B.focus())}},async reload(t=w.folder.path,{below:e=!1}={}){let n=[w.folder,Z].filter(o=>o&&(o.path===t||e&&o.path.startsWith(`${t}/`)));await Promise.all(n.map(yt))},changed(){hn()&&se(),H.lookSoon()}};w.folder.complete=!0;var j=new mt,W=new Ze(w),je=new Map,ln=!0,Z=null,B=new it(be,j,{address:t=>ae(E(w.folder.path,t.name)),open:os,menu:(t,e)=>So(le(t),e,{writable:H.writable,does:{open:os,download:as,rename:n=>W.rename(n),move:n=>W.move(n),remove:n=>W.remove(n)}}),more(){let{folder:t}=w;t.failure||t.more().catch(e=>{re(e)&&dn(t,e)})},selected:ce,sort(t){let{order:e}=w.folder;Be.sort(t,e.by===t&&!e.descending)},act(t,e){H.writable&&(e==="rename"?W.rename(t):W.remove(le(t)))}}),Be=new wt(_t,()=>w.folder),gt=new Ye(async()=>{let{folder:t}=w;!t.failure&&!t.behind?await H.look():Z||await(t.failure?bt(t.path):yt(t))});function is(){let{folder:t}=w;if(t.failure)return;j.keepOf(t.entries),bo();let e=m(M(t.path))||l("app.root"),n=B.show(t.view,{complete:t.complete,order:t.order,label:l("list.label",{name:e})});!t.view.length&&t.complete&&Vi(),n&&se(),ce(),Be.tell()}function Vi(){w.folder.query?Ie("search",l("list.none",{query:m(w.folder.query)})):H.writable?Ie("upload",l("list.empty"),l("list.emptyText"),[[l("act.chooseFiles"),()=>rn(un(),!1),!0],[l("act.newFolder"),()=>W.makeFolder()]]):Ie("folder",l("list.empty"))}function hn(){let{activeElement:t,body:e}=document;return t===e||!t.getClientRects().length}function se(){B.view.length?B.focus():Y.focus()}async function bt(t){Z?.leaving.abort();let e=Z=new Le(t,()=>{w.folder===e&&is()});document.body.setAttribute("aria-busy","true");let n=null;try{await e.start()}catch(o){n=o}if(Z===e){if(document.body.setAttribute("aria-busy","false"),Z=null,n instanceof g&&n.status===409&&t){je.set(A(t),{name:M(t),top:0}),location.replace(ae(A(t)));return}Xi(e,n)}}async function yt(t){if(t.failure){t.failure.status===404&&!Z&&await bt(t.path);return}try{await t.reload(),t.behind=null,Ee()}catch(e){dn(t,e)}}function Xi(t,e){let n=w.folder,o=ln||n.failure!==null&&n.path===t.path;n.leaving.abort(),To(),o||Zi(n,t),w.folder=t,Bt(t.path,ae);let s=m(M(t.path));if(document.title=s?`${s} - ${l("app.brand")}`:l("app.brand"),e){dn(t,e);return}Ee();let i=je.get(t.path);B.enter(i?.name,i?.top??0,t.view),is(),!ln&&[document.body,Y].includes(document.activeElement)&&se(),ln=!1,D(`${s||l("app.root")}, ${Be.text}`),o&&_.value&&cn(_.value),t.stale&&yt(t)}function Zi(t,e){je.set(t.path,{name:B.view[B.active]?.name,top:be.scrollTop}),t.path&&A(t.path)===e.path&&je.set(e.path,{...je.get(e.path),name:M(t.path)}),j.clear(),_.value=""}function dn(t,e){if(t!==w.folder)return;if(t.started&&re(e)){t.behind=e,Ee();return}t.failure=e,t.entries=[],t.complete=!0,t.view=[],j.clear(),B.show([],{complete:!0,order:t.order,label:l("app.root")});let n=e.status===404||e.status===400;Ie(n?"folder":"warning",n?l("error.folderGone"):x(e),"",[n?[l("app.root"),()=>{location.hash="#/"},!0]:[l("error.again"),()=>gt.now(),!0]]),ce(),Be.tell(),hn()&&Y.focus(),D(Y.textContent),Ee()}function Ee(){let{failure:t,behind:e}=w.folder,n=t??e??fe.now??H.trouble;_n(t?null:n),n&&re(n)?gt.begin(n):gt.over()}function ce(){let t=j.size>0&&le().every(({kind:n})=>n==="file"),e=document.activeElement!==document.body;go(j.size,{files:t,writable:H.writable,ready:rs()}),e&&hn()&&se()}function le(t){return!t||j.has(t)?j.of(w.folder.view):[t]}function rs(){return w.folder.started&&!w.folder.failure}function un(){let{path:t,entries:e}=w.folder;return{directory:t,known:new Map(e.map(n=>[E(t,n.name),n]))}}function os(t){let e=E(w.folder.path,t.name);t.kind==="directory"?location.hash=ae(e):ns.open(e,t,w.folder.view.filter(({kind:n})=>n==="file"))}function as(t){for(let e of t)Oe.save(E(w.folder.path,e.name),e)}function Ji(){j.all(w.folder.view),B.render(),ce(),se()}function ss(){return j.size?(j.clear(),B.render(),ce(),se(),!0):!1}function Qi(){w.folder.path&&(location.hash=ae(A(w.folder.path)))}function cn(t){_.value=t,j.clear(),Be.search(t.trim())}function er(t){yo(t===null?null:m(M(t))||l("app.root"))}function tr(t){if(!H.writable||!rs()||document.querySelector("dialog"))return null;let e=B.entryAt(t);return e?.kind==="directory"?{directory:E(w.folder.path,e.name)}:un()}function nr(){document.documentElement.lang=yn,document.title=l("app.brand"),mo(),oe.mount(jt),ko(),Et(t=>{t===null&&location.reload()}),fe.onchange=Ee,addEventListener("offline",()=>ie(new k("offline"))),addEventListener("hashchange",()=>bt(Je())),xo({clear:ss,focusList:se,search:cn,selectAll:Ji,up:Qi}),document.addEventListener("drive:focus",se),document.addEventListener("drive:changed",({detail:t})=>{w.reload(t.directory),H.lookSoon()}),Qo({place:tr,hover:er}),_.oninput=()=>cn(_.value),Mo({choose:t=>rn(un(),t),reload:()=>w.folder.failure?gt.now():w.reload()}),V.newFolder.onclick=()=>W.makeFolder(),z.clear.onclick=ss,z.download.onclick=()=>as(le()),z.rename.onclick=()=>W.rename(le()[0]),z.move.onclick=()=>W.move(le()),z.delete.onclick=()=>W.remove(le()),ce(),Bt(Je(),ae),H.look().catch(()=>{}),bt(Je())}nr();
