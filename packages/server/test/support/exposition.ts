// A strict reader of Prometheus' text format (0.0.4), by the rules that promtool's `check metrics` and a scrape hold:
// what it does not take, it says with its line.

export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface Family {
  readonly name: string
  readonly help: string
  readonly type: string
  readonly samples: Sample[]
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\n"])*)"(,|$)/y
const TYPES = new Set(['counter', 'gauge', 'histogram'])
const SMALLER_UNITS = /_(milliseconds|ms|minutes|hours|days|kilobytes|megabytes|percent)(_|$)/

/** @throws {Error} naming the line and the rule */
export function readExposition(text: string): Map<string, Family> {
  const families = new Map<string, Family>()
  if (!text.endsWith('\n')) throw new Error('the last line does not end')
  const seen = new Set<string>()
  let help: { name: string; text: string } | null = null
  let family: Family | null = null
  for (const line of text.slice(0, -1).split('\n')) {
    const complain = (rule: string): never => {
      throw new Error(`${rule}: ${line}`)
    }
    if (line === '') continue
    const [, word, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line) ?? []
    if (word === 'HELP') {
      if (rest.trim() === '') complain('HELP says nothing')
      if (families.has(name)) complain('a family comes twice')
      help = { name, text: rest }
    } else if (word === 'TYPE') {
      if (help?.name !== name) complain('TYPE does not follow its HELP')
      if (!NAME.test(name) || !TYPES.has(rest)) complain('not a name, or not a type')
      family = { name, help: help?.text ?? '', type: rest, samples: [] }
      families.set(name, family)
    } else if (line.startsWith('#')) complain('a comment that is neither HELP nor TYPE')
    else {
      const sample = readSample(line) ?? complain('not a sample')
      if (family === null || baseOf(sample.name, family) !== family.name) complain('outside of its family')
      const key = `${sample.name}${JSON.stringify(Object.entries(sample.labels).sort())}`
      if (seen.has(key)) complain('the same series twice')
      seen.add(key)
      family?.samples.push(sample)
    }
  }
  for (const one of families.values()) checkFamily(one)
  return families
}

function readSample(line: string): Sample | null {
  const [, name, inner = '', number] = SAMPLE.exec(line) ?? []
  if (name === undefined || number === undefined) return null
  const labels: Record<string, string> = {}
  LABEL.lastIndex = 0
  for (let at = 0; at < inner.length; at = LABEL.lastIndex) {
    LABEL.lastIndex = at
    const [, label, value] = LABEL.exec(inner) ?? []
    if (label === undefined || value === undefined || label in labels) return null
    labels[label] = value
  }
  const value = number === '+Inf' ? Number.POSITIVE_INFINITY : Number(number)
  return Number.isNaN(value) ? null : { name, labels, value }
}

const baseOf = (name: string, { type }: Family): string =>
  type === 'histogram' ? name.replace(/_(bucket|sum|count)$/, '') : name

function checkFamily(family: Family): void {
  const { name, type, samples } = family
  const complain = (rule: string): never => {
    throw new Error(`${rule}: ${name}`)
  }
  if (SMALLER_UNITS.test(name)) complain('not in base units')
  if ((type === 'counter') !== name.endsWith('_total')) complain('counters, and only they, end in _total')
  if (type === 'counter' && samples.some(({ value }) => value < 0)) complain('a counter below zero')
  if (type !== 'histogram') {
    if (samples.some(({ labels }) => 'le' in labels || 'quantile' in labels)) complain('a reserved label')
    if (/_(bucket|count|sum)$/.test(name)) complain('a reserved ending')
    return
  }
  const groups = new Map<string, Sample[]>()
  for (const sample of samples) {
    const { le: _le, ...rest } = sample.labels
    const key = JSON.stringify(Object.entries(rest).sort())
    groups.set(key, [...(groups.get(key) ?? []), sample])
  }
  for (const group of groups.values()) checkHistogram(group, complain)
}

function checkHistogram(group: readonly Sample[], complain: (rule: string) => never): void {
  const buckets = group.filter(({ name }) => name.endsWith('_bucket'))
  const count = group.filter(({ name }) => name.endsWith('_count'))
  const sum = group.filter(({ name }) => name.endsWith('_sum'))
  if (count.length !== 1 || sum.length !== 1 || buckets.length === 0)
    complain('a histogram without its parts')
  let before = { end: Number.NEGATIVE_INFINITY, value: 0 }
  for (const { labels, value } of buckets) {
    const end = labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels.le)
    if (!(end > before.end)) complain('buckets out of order')
    if (value < before.value) complain('a bucket below the one before it')
    before = { end, value }
  }
  if (before.end !== Number.POSITIVE_INFINITY) complain('no bucket +Inf')
  if (before.value !== count[0]?.value) complain('bucket +Inf is not the count')
}
