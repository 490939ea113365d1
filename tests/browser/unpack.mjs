// Unpacks npm's browser into TMPDIR, once, and tells as JSON where it is and what it needs in its environment.
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

// So that it brings its own libraries.
process.env.AWS_LAMBDA_JS_RUNTIME = 'nodejs22.x'
const [modules] = process.argv.slice(2)
const found = createRequire(modules).resolve('@sparticuz/chromium')
const chromium = (await import(pathToFileURL(found))).default
const program = await chromium.executablePath()
// It looks for its fonts in /tmp, wherever it was unpacked. The same text each time: others may read it.
const fonts = join(tmpdir(), 'fonts')
const conf = join(fonts, 'fonts.conf')
const said = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${fonts}</dir><cachedir>${fonts}-cache</cachedir></fontconfig>
`
if (readFileSync(conf, 'utf8') !== said) writeFileSync(conf, said)
const { FONTCONFIG_PATH, LD_LIBRARY_PATH } = process.env
console.log(JSON.stringify({ program, environment: { FONTCONFIG_PATH, LD_LIBRARY_PATH } }))
