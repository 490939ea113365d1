// The words of uploads, downloads and the preview, as dictionary.js has those of the rest.

export const TRANSFER_WORDS = `
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
`
