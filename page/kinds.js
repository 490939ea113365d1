// What kind of thing a file is, by the end of its name: for its picture only.

const ENDINGS = {
  archive: '7z bz2 gz jar rar tar tgz xz zip zst',
  audio: 'aac flac m4a mid mp3 oga ogg opus wav weba',
  pdf: 'pdf',
  picture: 'avif bmp gif heic ico jpeg jpg png svg tif tiff webp',
  text: 'conf css csv doc docx htm html ini js json log md odt py rst rtf sh sql tex toml ts tsv txt xml yaml yml',
  video: 'avi m4v mkv mov mp4 mpeg mpg ogv webm'
}
const KINDS = new Map(Object.entries(ENDINGS).flatMap(([kind, ends]) => ends.split(' ').map(end => [end, kind])))

/** Return the name of the icon of an entry. */
export function kindOf ({ kind, name }) {
  if (kind === 'directory') return 'folder'
  return KINDS.get(name.slice(name.lastIndexOf('.') + 1).toLowerCase()) ?? 'file'
}
