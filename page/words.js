// The words of the page: English, and Traditional Chinese where the browser asks for it.
import { EN as TRANSFERS_EN, ZH_HANT as TRANSFERS_ZH_HANT } from './transfer-words.js'

const EN = {
  ...TRANSFERS_EN,
  app: {
    brand: 'Lambda Drive',
    help: 'Keyboard shortcuts',
    menu: 'Menu',
    notes: 'Messages and uploads',
    reload: 'Load again',
    root: 'All files',
    search: 'Search in this folder',
    signOut: 'Sign out',
    skip: 'Go to the files',
    space: 'Space',
    used: '{used} used',
    usedOf: '{used} of {all} used',
    readOnly: 'Read only',
    path: 'Path',
    up: 'Up to {name}'
  },
  act: {
    choose: 'Upload',
    chooseFiles: 'Upload files',
    chooseFolder: 'Upload a folder',
    clear: 'Clear the selection',
    delete: 'Delete',
    download: 'Download',
    more: 'Actions for {name}',
    move: 'Move',
    newFolder: 'New folder',
    open: 'Open',
    rename: 'Rename',
    select: 'Select {name}',
    selectAll: 'Select all',
    selected: { one: '{count} selected', other: '{count} selected' },
    selection: 'Actions for the selection',
    stop: 'Stop',
    undo: 'Undo',
    view: 'View'
  },
  dialog: {
    cancel: 'Cancel',
    close: 'Close'
  },
  list: {
    count: { one: '{count} item', other: '{count} items' },
    countLoaded: 'First {count} items',
    date: 'Changed',
    drop: 'Drop to upload to {name}',
    empty: 'This folder is empty',
    emptyReadOnly: 'Nothing has been put here yet.',
    emptyText: 'Drop files or folders here, or choose them.',
    file: 'file',
    folder: 'folder',
    found: { one: '{count} match', other: '{count} matches' },
    kind: 'Kind',
    label: 'Files in {name}',
    loading: 'Loading…',
    loadingAll: { one: 'Loading the whole folder: {count} item', other: 'Loading the whole folder: {count} items' },
    loadRest: 'Load the rest',
    name: 'Name',
    none: 'Nothing here has “{query}” in its name',
    partly: 'Only the first {count} items are looked at.',
    size: 'Size'
  },
  make: {
    label: 'Name',
    there: 'There is already something called {name}.',
    title: 'New folder',
    do: 'Create',
    done: 'Made the folder {name}'
  },
  name: {
    dots: 'A name cannot be “.” or “..”.',
    empty: 'Give it a name.',
    long: 'This name is too long: it has {bytes} bytes, and 255 are possible.',
    own: 'Names that begin with “.drive-” belong to the drive.',
    slash: 'A name cannot contain “/”.'
  },
  rename: {
    do: 'Rename',
    done: '{from} is now {to}',
    label: 'New name',
    title: 'Rename {name}',
    working: 'Renaming {name}'
  },
  move: {
    do: 'Move here',
    done: { one: 'Moved {count} item to {to}', other: 'Moved {count} items to {to}' },
    inside: 'A folder cannot be moved into itself.',
    noFolders: 'No folders here',
    same: 'It is here already',
    stay: { one: '{count} item stays where it was', other: '{count} items stay where they were' },
    title: { one: 'Move {count} item', other: 'Move {count} items' },
    working: 'Moving'
  },
  clash: {
    both: 'Keep both',
    merge: 'Put them together',
    mergeText: 'There is already a folder called {name} in {folder}. Its files stay; a file of the same name is asked about.',
    mergeTitle: 'Put the two folders together?',
    option: 'Do the same for all others',
    replace: 'Replace',
    replaceNoTrash: 'The file that is there would be gone for good.',
    replaceTrash: 'The file that is there would go to the trash.',
    skip: 'Skip',
    title: '{name} is there already'
  },
  changed: {
    act: {
      delete: 'Delete it anyway',
      move: 'Move it anyway',
      rename: 'Rename it anyway'
    },
    gone: '{name} is not there any more. Somebody deleted or moved it.',
    keep: 'Leave it as it is',
    now: 'Now',
    seen: 'You saw',
    text: 'Somebody changed this file after you saw it. Nothing was done.',
    title: '{name} has changed'
  },
  remove: {
    done: { one: 'Deleted {count} item', other: 'Deleted {count} items' },
    doneOne: 'Deleted {name}',
    forGood: 'Delete for good',
    forGoodText: 'This drive keeps nothing that is deleted. You cannot undo this.',
    forGoodTitle: { one: 'Delete {count} item for good?', other: 'Delete {count} items for good?' },
    stopped: { one: 'Stopped. {count} file is deleted', other: 'Stopped. {count} files are deleted' },
    undone: { one: '{count} file is back', other: '{count} files are back' },
    undoing: 'Putting back',
    missing: { one: '{count} file is not in the trash any more', other: '{count} files are not in the trash any more' },
    working: 'Deleting'
  },
  error: {
    again: 'Try again',
    anyway: 'The drive says: {detail}',
    brake: 'Too many calls at once, or the drive’s cost brake has stopped it. The page tries again. If it stays so, ask the owner of the drive.',
    brakeTitle: 'The drive takes no calls now',
    busy: 'The drive is busy with another change here. Try again in a moment.',
    conflict: 'Something else is there: {detail}',
    failedFor: '{name}: {why}',
    folderGone: 'This folder is not there any more',
    folderGoneText: 'Somebody deleted or moved it, or the address is wrong.',
    folderIsFile: 'This is a file, not a folder',
    forbidden: 'You have no right to do this here.',
    forbiddenTitle: 'No access to this drive',
    forbiddenText: 'Your sign-in is not allowed to call this drive. Ask its owner.',
    full: 'The drive is full. Delete something, or ask the owner for more space.',
    internal: 'The drive has failed: {detail}',
    maintenance: 'The drive is in maintenance. The page tries again by itself.',
    maintenanceTitle: 'In maintenance',
    name: 'This name is not possible: {detail}',
    notFound: 'It is not there any more.',
    offline: 'No connection to the drive. The page tries again by itself.',
    offlineTitle: 'No connection',
    readOnly: 'The drive, or this place in it, is read only.',
    some: { one: '{count} item failed', other: '{count} items failed' },
    title: 'This did not work',
    unhealthy: 'The drive reports a problem: {detail}'
  },
  token: {
    ask: 'This drive is open to those who have its token. It stays in this browser tab only.',
    do: 'Open the drive',
    empty: 'Enter the token.',
    label: 'Token',
    shape: 'A token has letters, digits and -._~+/ only.',
    signedOut: 'You are signed out.',
    title: 'Enter the token',
    wrong: 'This token is wrong, or it was changed. Enter the present one.'
  },
  keys: {
    arrows: 'Go through the list',
    context: 'Actions for the row',
    escape: 'Clear search or selection',
    extend: 'Select a range',
    space: 'Select or not',
    title: 'Keyboard shortcuts',
    type: 'Go to a name: type its first letters',
    up: 'Go to the folder above'
  }
}

const ZH_HANT = {
  ...TRANSFERS_ZH_HANT,
  app: {
    brand: 'Lambda Drive',
    help: '鍵盤快速鍵',
    menu: '選單',
    notes: '訊息與上傳',
    reload: '重新載入',
    root: '所有檔案',
    search: '搜尋此資料夾',
    signOut: '登出',
    skip: '跳至檔案清單',
    space: '儲存空間',
    used: '已使用 {used}',
    usedOf: '已使用 {used}（共 {all}）',
    readOnly: '唯讀',
    path: '路徑',
    up: '返回上一層「{name}」'
  },
  act: {
    choose: '上傳',
    chooseFiles: '上傳檔案',
    chooseFolder: '上傳資料夾',
    clear: '取消選取',
    delete: '刪除',
    download: '下載',
    more: '「{name}」的操作',
    move: '移動',
    newFolder: '新增資料夾',
    open: '開啟',
    rename: '重新命名',
    select: '選取「{name}」',
    selectAll: '全選',
    selected: '已選取 {count} 個項目',
    selection: '所選項目的操作',
    stop: '停止',
    undo: '復原',
    view: '檢視'
  },
  dialog: {
    cancel: '取消',
    close: '關閉'
  },
  list: {
    count: '{count} 個項目',
    countLoaded: '前 {count} 個項目',
    date: '修改時間',
    drop: '放開即可上傳至「{name}」',
    empty: '這個資料夾是空的',
    emptyReadOnly: '這裡還沒有任何檔案。',
    emptyText: '將檔案或資料夾拖曳到這裡，或直接選擇。',
    file: '檔案',
    folder: '資料夾',
    found: '找到 {count} 個項目',
    kind: '類型',
    label: '「{name}」中的檔案',
    loading: '載入中…',
    loadingAll: '正在載入整個資料夾：{count} 個項目',
    loadRest: '載入其餘項目',
    name: '名稱',
    none: '找不到名稱包含「{query}」的項目',
    partly: '目前只包含前 {count} 個項目。',
    size: '大小'
  },
  make: {
    label: '名稱',
    there: '已有名為「{name}」的項目。',
    title: '新增資料夾',
    do: '建立',
    done: '已建立資料夾「{name}」'
  },
  name: {
    dots: '名稱不能是「.」或「..」。',
    empty: '請輸入名稱。',
    long: '名稱過長：共 {bytes} 個位元組，上限為 255。',
    own: '以「.drive-」開頭的名稱由系統保留。',
    slash: '名稱不能包含「/」。'
  },
  rename: {
    do: '重新命名',
    done: '已將「{from}」重新命名為「{to}」',
    label: '新名稱',
    title: '重新命名「{name}」',
    working: '正在重新命名「{name}」'
  },
  move: {
    do: '移到這裡',
    done: '已將 {count} 個項目移至「{to}」',
    inside: '無法將資料夾移到它自己裡面。',
    noFolders: '這裡沒有資料夾',
    same: '項目已在此處',
    stay: '{count} 個項目保留在原處',
    title: '移動 {count} 個項目',
    working: '正在移動'
  },
  clash: {
    both: '兩者都保留',
    merge: '合併',
    mergeText: '「{folder}」中已有名為「{name}」的資料夾。其中的檔案都會保留；遇到同名檔案時會先詢問你。',
    mergeTitle: '要合併這兩個資料夾嗎？',
    option: '其餘項目也這樣處理',
    replace: '取代',
    replaceNoTrash: '原有的檔案將會永久刪除。',
    replaceTrash: '原有的檔案會移到垃圾桶。',
    skip: '略過',
    title: '「{name}」已存在'
  },
  changed: {
    act: {
      delete: '仍要刪除',
      move: '仍要移動',
      rename: '仍要重新命名'
    },
    gone: '「{name}」已不存在，可能已被其他人刪除或移動。',
    keep: '保持現狀',
    now: '目前版本',
    seen: '你看到的版本',
    text: '在你看到這個檔案之後，有人變更了它。尚未進行任何操作。',
    title: '「{name}」已變更'
  },
  remove: {
    done: '已刪除 {count} 個項目',
    doneOne: '已刪除「{name}」',
    forGood: '永久刪除',
    forGoodText: '這個雲端硬碟不會保留已刪除的檔案，此操作無法復原。',
    forGoodTitle: '要永久刪除 {count} 個項目嗎？',
    stopped: '已停止，共刪除了 {count} 個檔案',
    undone: '已還原 {count} 個檔案',
    undoing: '正在還原',
    missing: '有 {count} 個檔案已不在垃圾桶中',
    working: '正在刪除'
  },
  error: {
    again: '再試一次',
    anyway: '雲端硬碟的訊息：{detail}',
    brake: '同時的要求過多，或費用煞車已將雲端硬碟停用。系統會自動重試；若持續發生，請聯絡擁有者。',
    brakeTitle: '雲端硬碟目前不接受要求',
    busy: '此處正在進行其他變更，請稍後再試。',
    conflict: '該處已有其他項目：{detail}',
    failedFor: '{name}：{why}',
    folderGone: '這個資料夾已不存在',
    folderGoneText: '可能已被其他人刪除或移動，或是網址有誤。',
    folderIsFile: '這是檔案，不是資料夾',
    forbidden: '你沒有在此執行這項操作的權限。',
    forbiddenTitle: '無法存取這個雲端硬碟',
    forbiddenText: '你的登入身分沒有使用這個雲端硬碟的權限，請聯絡擁有者。',
    full: '雲端硬碟空間已滿。請刪除部分檔案，或請擁有者增加空間。',
    internal: '雲端硬碟發生錯誤：{detail}',
    maintenance: '雲端硬碟正在維護中，系統會自動重試。',
    maintenanceTitle: '維護中',
    name: '無法使用這個名稱：{detail}',
    notFound: '項目已不存在。',
    offline: '無法連線到雲端硬碟，系統會自動重試。',
    offlineTitle: '沒有連線',
    readOnly: '雲端硬碟或這個位置為唯讀。',
    some: '{count} 個項目處理失敗',
    title: '操作未完成',
    unhealthy: '雲端硬碟回報問題：{detail}'
  },
  token: {
    ask: '需要權杖才能使用這個雲端硬碟。權杖只會保留在這個瀏覽器分頁中。',
    do: '開啟雲端硬碟',
    empty: '請輸入權杖。',
    label: '權杖',
    shape: '權杖只能包含英文字母、數字和 -._~+/。',
    signedOut: '你已登出。',
    title: '輸入權杖',
    wrong: '權杖不正確或已變更，請輸入目前的權杖。'
  },
  keys: {
    arrows: '在清單中移動',
    context: '開啟項目的操作選單',
    escape: '清除搜尋或取消選取',
    extend: '選取連續項目',
    space: '選取或取消選取',
    title: '鍵盤快速鍵',
    type: '輸入開頭文字以跳至該名稱',
    up: '返回上一層資料夾'
  }
}

const wanted = (navigator.languages ?? [navigator.language]).flatMap(tag => {
  try {
    return [new Intl.Locale(tag).maximize()]
  } catch {
    return []
  }
}).find(({ language, script }) => language === 'en' || (language === 'zh' && script === 'Hant'))
const chinese = wanted?.language === 'zh'
const WORDS = chinese ? ZH_HANT : EN

/** The language of the words, for the attribute `lang`. */
export const language = chinese ? 'zh-Hant' : 'en'
/** The locale for dates, sizes and the order of names: the person's own variety of the language. */
export const locale = wanted ? new Intl.Locale(wanted.language, { region: wanted.region }).toString() : 'en'

const plural = new Intl.PluralRules(locale)
const number = new Intl.NumberFormat(locale)
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u

/**
 * Return the words of a key such as `list.count`. `{name}` stands for a value: numbers are written
 * as the language writes them, and texts of another direction are isolated. `count` chooses
 * between `one` and `other`.
 */
export function t (key, values = {}) {
  let words = key.split('.').reduce((room, part) => room?.[part], WORDS)
  if (words === undefined) throw new Error(`no words for ${key}`)
  if (typeof words !== 'string') words = words[plural.select(values.count)] ?? words.other
  return words.replace(/\{(\w+)\}/g, (_, name) => {
    const value = values[name]
    if (typeof value === 'number') return number.format(value)
    return RIGHT_TO_LEFT.test(value) ? `\u2068${value}\u2069` : value
  })
}

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte', 'petabyte']
const sizes = UNITS.map((unit, at) => new Intl.NumberFormat(locale, {
  style: 'unit', unit, unitDisplay: at ? 'short' : 'long', maximumSignificantDigits: 3
}))
const dates = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' })

/** Return a number of bytes in words, such as 1.23 MB (a million bytes). */
export function size (bytes) {
  let at = 0
  while (bytes >= 999.5 && at < UNITS.length - 1) {
    bytes /= 1000
    at++
  }
  return sizes[at].format(bytes)
}

/** Return a time (RFC 3339) in words; '' when it is none that a browser knows. */
export function date (text) {
  const time = new Date(text)
  return Number.isNaN(time.getTime()) ? '' : dates.format(time)
}
