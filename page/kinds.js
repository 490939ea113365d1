// What kind of thing a file is, by the end of its name: for its picture only.

const ENDINGS = {
  archive: '7z bz2 gz rar tar tgz xz zip zst',
  audio: 'aac flac m4a mp3 ogg opus wav',
  picture: 'avif bmp gif heic jpeg jpg png svg tiff webp',
  text: 'css csv doc docx html js json log md odt pdf py rtf sh sql tex toml txt xml yaml',
  video: 'avi m4v mkv mov mp4 mpg webm'
}
const KINDS = new Map(Object.entries(ENDINGS).flatMap(([kind, ends]) => ends.split(' ').map(end => [end, kind])))

/** Return the name of the icon of an entry. */
export function kindOf ({ kind, name }) {
  if (kind === 'directory') return 'folder'
  return KINDS.get(name.slice(name.lastIndexOf('.') + 1).toLowerCase()) ?? 'file'
}
