// Thresholds of alerts as a form: what is left out, what is never, what is wrong.
import { AlertSettings } from '@ngtb/protocol'
import { describe, expect, test } from 'vitest'
import { ALERT_NUMBER_NAMES, ALERT_NUMBERS, alertForm, alertSettingsOf } from '../src/live/alert-words.ts'

const EMPTY = alertForm({}, 'Europe/Berlin')

test('what was left out stays left out', () => {
  expect(alertSettingsOf(EMPTY)).toEqual({ body: {} })
})

test.each<AlertSettings>([
  { health_min: 0, failures: 5, silence_s: 30, tick_silence_s: 600 },
  { drawdown_percent: null, daily_loss_percent: 2.5 },
  { channels: null, quiet_hours: null, muted: [] },
  { channels: [] },
  {
    ...{ channels: ['telegram', 'log'], muted: ['tick_silence', 'command_failed'] },
    quiet_hours: { from: '23:30', to: '06:00', zone: 'UTC' },
  },
])('%j comes out as it went in', (settings) => {
  expect(alertSettingsOf(alertForm(settings, 'UTC'))).toEqual({ body: settings })
})

describe('what is wrong is said where it is, and nothing is sent', () => {
  test.each([
    [{ failures: '2.5' }, 'failures', /whole/],
    [{ failures: 'never' }, 'failures', /no number/],
    [{ health_min: '101' }, 'health_min', /100 at most/],
    [{ silence_s: '9' }, 'silence_s', /10 at least/],
    [{ drawdown_percent: '0' }, 'drawdown_percent', /Above 0.*never/],
    [{ quiet: 'own', from: '24:00' } as const, 'from', /22:00/],
    [{ quiet: 'own', zone: ' ' } as const, 'zone', /Berlin/],
  ])('%j', (part, name, says) => {
    const told = alertSettingsOf({ ...EMPTY, ...part })
    expect(told).not.toHaveProperty('body')
    expect(told).toHaveProperty(`faults.${name}`, expect.stringMatching(says))
  })

  test('hours that are not chosen may be anything', () => {
    expect(alertSettingsOf({ ...EMPTY, from: 'x', zone: '' })).toEqual({ body: {} })
  })
})

test('the ranges are those of the API', () => {
  const properties = AlertSettings.properties as unknown as Record<string, Range & { anyOf?: Range[] }>
  for (const name of ALERT_NUMBER_NAMES) {
    const { anyOf, ...plain } = properties[name] ?? {}
    const schema = anyOf?.find(({ type }) => type !== 'null') ?? plain
    const { min, max, whole, never } = ALERT_NUMBERS[name]
    expect([name, schema.minimum ?? schema.exclusiveMinimum, schema.maximum]).toEqual([name, min, max])
    expect([name, schema.type === 'integer', anyOf !== undefined]).toEqual([name, whole, never])
  }
})

interface Range {
  type?: string
  minimum?: number
  exclusiveMinimum?: number
  maximum?: number
}
