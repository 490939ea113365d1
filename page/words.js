// The words of the page: English, and Traditional Chinese where the browser asks for it.
import { DICTIONARY } from './dictionary.js'
import { TRANSFER_WORDS } from './transfer-words.js'

const wanted = (navigator.languages ?? [navigator.language]).flatMap(tag => {
  try {
    return [new Intl.Locale(tag).maximize()]
  } catch {
    return []
  }
}).find(({ language, script }) => language === 'en' || (language === 'zh' && script === 'Hant'))
const chinese = wanted?.language === 'zh'
const words = new Map()
for (const [, key, english, other] of (DICTIONARY + TRANSFER_WORDS).matchAll(/(.+)\n {2}(.+)\n {2}(.+)/g)) {
  words.set(key, (chinese ? other : english).split(' | '))
}

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
 * between the forms.
 */
export function t (key, values = {}) {
  const forms = words.get(key)
  if (!forms) throw new Error(`no words for ${key}`)
  const form = forms.length > 1 && plural.select(values.count) === 'one' ? forms[0] : forms.at(-1)
  return form.replace(/\{(\w+)\}/g, (_, name) => {
    const value = values[name]
    if (typeof value === 'number') return number.format(value)
    return RIGHT_TO_LEFT.test(value) ? `\u2068${value}\u2069` : value
  })
}

const UNITS = ['kilobyte', 'megabyte', 'gigabyte', 'terabyte', 'petabyte']
const sizes = UNITS.map(unit => new Intl.NumberFormat(locale, { style: 'unit', unit, maximumSignificantDigits: 3 }))
const dates = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' })

/** Return a number of bytes in words, such as 1.23 MB (a million bytes). */
export function size (bytes) {
  if (bytes < 1000) return t('list.bytes', { count: bytes })
  let at = 0
  bytes /= 1000
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
