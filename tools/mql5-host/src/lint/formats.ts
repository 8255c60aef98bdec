// MQL5 host, lint: StringFormat and its kin. A format that does not fit its value prints rubbish without a word.
import type { Scope } from './scope.ts'
import { integer, isReal, isString, type Value } from './types.ts'

const SPECIFIER = /%(?:%|([-+ 0#]*)(\*|\d+)?(?:\.(\*|\d+))?(I64|I32|ll|l|h)?([a-zA-Z])?)/g

export function checkFormat(scope: Scope, [format, ...args]: readonly Value[], at: number): void {
  const { reader } = scope.house
  if (
    format === undefined ||
    !isString(format.type) ||
    format.text === undefined ||
    !format.text.startsWith('"')
  )
    return
  // Neighbouring literals and sums are not followed.
  const next = reader.token(format.at + 1)
  if (next.kind === 'string' || format.kind !== 'literal') return
  let used = 0
  for (const match of format.text.matchAll(SPECIFIER)) {
    const [whole, , width, precision, size = '', letter] = match
    if (whole === '%%') continue
    if (letter === undefined || !/[cCdiouxXeEfgGaAsS]/.test(letter)) {
      reader.say('format-unknown', format.at, whole.slice(1))
      return
    }
    used += [width, precision].filter((one) => one === '*').length
    const arg = args[used++]
    if (arg === undefined) break
    const wrong = mismatch(letter, size, arg)
    if (wrong !== null) reader.say('format-type', arg.at, `${whole} is given ${arg.title}, ${wrong}`)
  }
  if (used !== args.length)
    reader.say('format-count', at, `the format has places for ${used} values, and ${args.length} are given`)
}

function mismatch(letter: string, size: string, { type, constant }: Value): string | null {
  if (type === null) return null
  if (/[sS]/.test(letter)) return isString(type) ? null : `which is no string: write (string)value`
  if (/[eEfgGaA]/.test(letter)) return isReal(type) ? null : 'which is no double: write (double)value'
  const whole = integer(type)
  if (whole === null) return 'which is no whole number: write %s for a string, %f or %g for a double'
  if (/[cC]/.test(letter)) return null
  const wide = size === 'I64' || size === 'll'
  const small = typeof constant === 'bigint' && constant >= -0x80000000n && constant <= 0x7fffffffn
  if (whole.bits === 64 && !wide && !(small && type.base === 'int'))
    return `which has 64 bits: write %I64${whole.signed ? 'd' : 'u'}`
  if (whole.bits < 64 && wide) return `which has ${whole.bits} bits: write %d or %u, or (long)value`
  return null
}
