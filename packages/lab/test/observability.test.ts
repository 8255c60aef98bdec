// The dashboard and the alert rules name metrics: each of them is in the server's table, with the labels that it is
// asked by. (The rule file's own form was checked with promtool; here it is read as YAML.)
import { readFileSync } from 'node:fs'
import { METRICS } from '@ngtb/server'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'

const read = (path: string) => readFileSync(new URL(`../../../deploy/${path}`, import.meta.url), 'utf8')

interface Rule {
  alert: string
  expr: string
  for?: string
  labels: Record<string, string>
  annotations: Record<string, string>
}
interface Panel {
  id: number
  type: string
  title: string
  gridPos: { x: number; y: number; w: number; h: number }
  targets?: { expr: string }[]
}

const groups: { name: string; rules: Rule[] }[] = parse(read('prometheus/alerts.yml')).groups
const rules = groups.flatMap((group) => group.rules)
const dashboard = JSON.parse(read('grafana/ngtradingbot.json'))
const panels: Panel[] = dashboard.panels
const drawn = panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const))

/** Metric and labels of each selector of an expression; what a histogram exposes goes by its own name. */
function asked(expr: string): { name: string; labels: string[] }[] {
  return [...expr.matchAll(/\b(ngtb_[a-z_]+)(?:\{([^}]*)\})?/g)].map(([, name = '', selector = '']) => ({
    name: name.replace(/_(bucket|sum|count)$/, (end) => (isHistogram(name.slice(0, -end.length)) ? '' : end)),
    labels: [...selector.matchAll(/([a-z_]+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label),
  }))
}
const table = METRICS as Record<string, { kind: string; labels?: readonly string[] }>
const isHistogram = (name: string) => table[name]?.kind === 'histogram'

function problems(expr: string): string[] {
  return asked(expr).flatMap(({ name, labels }) => {
    const metric = table[name]
    if (!metric) return [`${name} is in no table`]
    return labels.filter((label) => !metric.labels?.includes(label)).map((label) => `${name} has no ${label}`)
  })
}

test.each(rules.map((rule) => [rule.alert, rule] as const))('rule %s', (_name, rule) => {
  expect(problems(rule.expr)).toEqual([])
  expect(['warning', 'critical']).toContain(rule.labels.severity)
  expect(Object.keys(rule.annotations).sort()).toEqual(['description', 'summary'])
  // A label that a sentence names must be there when the alert fires.
  const spoken = Object.values(rule.annotations)
    .join(' ')
    .matchAll(/\$labels\.([a-z]+)/g)
  const known = asked(rule.expr).flatMap(({ name }) => table[name]?.labels ?? [])
  for (const [, label = ''] of spoken) expect(known).toContain(label)
})

test('each rule has a name of its own, and each group some rules', () => {
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length)
  expect(groups.every((group) => group.rules.length > 0)).toBe(true)
  expect(parse(read('prometheus/prometheus.yml'))).toMatchObject({
    rule_files: ['alerts.yml'],
    scrape_configs: [{ job_name: 'ngtradingbot', metrics_path: '/metrics' }],
  })
})

describe('the dashboard', () => {
  test.each(drawn)('%s: %s', (_title, expr) => expect(problems(expr)).toEqual([]))

  test('shows every metric, each panel once, and none on another', () => {
    const shown = new Set(drawn.flatMap(([, expr]) => asked(expr).map(({ name }) => name)))
    const told = new Set([...rules.flatMap(({ expr }) => asked(expr).map(({ name }) => name)), ...shown])
    expect(Object.keys(METRICS).filter((name) => !told.has(name))).toEqual(NOT_DRAWN)
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => `${x + (at % w)} ${y + Math.floor(at / w)}`),
    )
    expect(new Set(cells).size).toBe(cells.length)
  })
})

/** What these would say is said by others. */
const NOT_DRAWN = ['ngtb_build_info', 'ngtb_accounts_labelled', 'ngtb_connection_healthy']

test('what is in no table is found', () => {
  expect(problems('rate(ngtb_nothing_total[5m])')).toEqual(['ngtb_nothing_total is in no table'])
  expect(problems('ngtb_commands{colour="red"}')).toEqual(['ngtb_commands has no colour'])
  expect(problems('histogram_quantile(0.9, rate(ngtb_commit_seconds_bucket[5m]))')).toEqual([])
})
