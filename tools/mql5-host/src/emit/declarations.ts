// MQL5 host, emit: declarators and parameters as C++ wants them. `double a[]` becomes mql::array<double> a, and a
// list that mixes arrays and plain variables is split.
import type { Reader } from '../parse/reader.ts'
import type { Declarator, Parameter, Range, TypeName, Variables } from '../parse/tree.ts'
import { TYPE_MODIFIERS } from '../words.ts'

/** The type itself, without const, static, input… */
export function baseType(reader: Reader, { from, to }: TypeName): string {
  const words: string[] = []
  for (let at = from; at < to; at++)
    if (!TYPE_MODIFIERS.has(reader.text(at))) words.push(reader.token(at).out)
  return words.join(' ')
}

const wrapped = (base: string, dims: readonly string[]): string =>
  dims.reduceRight(
    (type, size) => (size === '' ? `mql::array<${type}>` : `mql::sarray<${type},${size}>`),
    base,
  )

export function rewriteVariables(reader: Reader, node: Variables): void {
  const { type, items } = node
  if (type.modifiers.some((one) => /^s?input$/.test(one))) {
    rewriteInputs(reader, node)
    return
  }
  if (type.modifiers.includes('extern')) dropWord(reader, type, 'extern')
  const split = items.some(({ dims }) => dims.length > 0)
  // Before the first replacement: it changes what the type's tokens emit.
  const base = baseType(reader, type)
  items.forEach((item, index) => {
    rewriteInit(reader, item)
    if (!split) return
    const text = `${variableType(reader, type, base, item)} `
    reader.replace(item.brackets, '')
    for (let at = item.from; at < item.name; at++) reader.token(at).out = ''
    const owner = node.owner !== null && index > 0 ? `${node.owner}::` : ''
    if (index === 0) reader.replace(type, text)
    else reader.token(item.from - 1).out = `; ${text}${owner}`
  })
}

function dropWord(reader: Reader, { from, to }: Range, word: string): void {
  for (let at = from; at < to; at++) if (reader.is(word, at)) reader.token(at).out = ''
}

function variableType(reader: Reader, type: TypeName, base: string, item: Declarator): string {
  const words = ['static', 'const'].filter((word) => type.modifiers.includes(word)).map((word) => `${word} `)
  return words.join('') + wrapped(base + '*'.repeat(item.pointers), sizes(reader, item))
}

/** `int a[]={1,2}` is an array of two for good. */
function sizes(reader: Reader, { dims, init }: Declarator): string[] {
  return dims.map((dim, index) => {
    if (index > 0 || dim.to > dim.from || init === null || !init.braces) return reader.out(dim)
    return String(elements(reader, init.value).length)
  })
}

/** The values between braces; a comma at the end adds none. */
export function elements(reader: Reader, { from, to }: Range): Range[] {
  return reader.split({ from: from + 1, to: to - 1 }).filter((part) => part.to > part.from)
}

function rewriteInit(reader: Reader, { dims, init }: Declarator): void {
  if (init === null || !init.braces) return
  if (dims.length > 0) reader.token(init.equals).out = ''
  // `={0}` zeroes a structure whatever its first member is.
  else if (init.value.to - init.value.from === 3 && reader.is('0', init.value.from + 1))
    reader.token(init.value.from + 1).out = ''
}

/** An input is a hidden variable that the host sets, and a constant by which the program sees it. */
function rewriteInputs(reader: Reader, { type, items, to }: Variables): void {
  const base = baseType(reader, type)
  reader.replace(type, `${base} `)
  const after: string[] = []
  for (const item of items) {
    const name = reader.token(item.name)
    const hidden = `__in_${name.text}`
    name.out = hidden
    after.push(`const ${base} &${name.text} = ${hidden};`)
    after.push(`static mql::InputReg __reg_${name.text}(u"${name.text}", ${hidden});`)
  }
  if (reader.is(';', to - 1)) reader.token(to - 1).out = `; ${after.join(' ')}`
}

/** A parameter as it is emitted in a prototype or a definition of its own. */
export function parameterText(reader: Reader, param: Parameter, withDefault: boolean): string {
  const { type, dims, name, pointers, reference, byDefault, from, to } = param
  if (type === null) return reader.out({ from, to })
  const isConst = type.modifiers.includes('const') ? 'const ' : ''
  const base = baseType(reader, type) + '*'.repeat(pointers)
  const title = name === null ? '' : ` ${reader.token(name).out}`
  const value = withDefault && byDefault !== null ? ` ${reader.out(byDefault)}` : ''
  if (dims.length === 0) return `${isConst}${base}${reference ? '&' : ''}${title}${value}`
  const open = dims.map((dim, index) => (index === 0 ? '' : reader.out(dim)))
  return `${isConst}${wrapped(base, open)}&${title}${value}`
}

/** Parameters where they stand: arrays rewritten, defaults left out when a prototype before has them. */
export function rewriteParameters(reader: Reader, params: readonly Parameter[], dropDefaults: boolean): void {
  for (const param of params) {
    if (param.dims.length > 0)
      reader.replace({ from: param.from, to: param.to }, parameterText(reader, param, !dropDefaults))
    else if (dropDefaults && param.byDefault !== null) reader.replace(param.byDefault, '')
  }
}
