// WCAG AA of the tokens: text 4.5:1 on every ground that it stands on, in both schemes.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

const css = readFileSync(new URL('../src/ui/tokens.css', import.meta.url), 'utf8')

function tokens(scheme: string): Record<string, string> {
  const block = css.split(`:root[data-mantine-color-scheme="${scheme}"]`)[1]?.split('}')[0] ?? ''
  return Object.fromEntries(
    [...block.matchAll(/--ngt-([a-z-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value]),
  )
}

function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0)
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a)
  return (light + 0.05) / (dark + 0.05)
}

const PAIRS = [
  ...['text', 'soft', 'faint', 'accent', 'gain', 'loss', 'bad', 'watch'].flatMap((ink) =>
    ['ground', 'surface', 'raised'].map((ground) => [ink, ground] as const),
  ),
  ['on-accent', 'accent'],
  ['on-danger', 'danger'],
  ['on-tip', 'tip'],
  ['bad', 'bad-ground'],
  ['text', 'bad-ground'],
  ['soft', 'bad-ground'],
  ['watch', 'watch-ground'],
  ['text', 'accent-ground'],
  ['gain', 'accent-ground'],
  ['loss', 'accent-ground'],
] as const

describe.each(['dark', 'light'])('%s', (scheme) => {
  const of = tokens(scheme)
  test.each(PAIRS)('%s on %s', (ink, ground) => {
    expect(contrast(of[ink] ?? '#000000', of[ground] ?? '#000000')).toBeGreaterThanOrEqual(4.5)
  })
})
