// A complaint: which promise was broken, by what, and how to see it again.

/** The promises of the delivery contract, by their numbers. */
export const RULES = {
  P1: 'durable ack',
  P2: 'one intent, one command',
  P3: 'at-most-once effect',
  P4: 'at-least-once delivery',
  P5: 'no late start',
  P6: 'bounded resolution',
  P7: 'no invention',
  P8: 'causal lists',
  P9: 'fencing',
  P10: 'streams without gaps',
  P11: 'ticks stored once',
  P12: 'order of delivery, emergency stop',
  P13: 'audit chain and fold',
  P14: 'closed for risk',
  P15: 'isolation',
  S7: 'business limits',
  R4: 'absence needs proof',
  R9: 'every deal',
  R12: 'who did it',
} as const
export type Rule = keyof typeof RULES

export interface Complaint {
  readonly rule: Rule
  readonly what: string
  readonly at_ms: number
}

export const sentence = (
  seed: number,
  { rule, what }: Complaint,
  { depth, theme = null }: { readonly depth: 'core' | 'door'; readonly theme?: string | null },
): string => {
  const options = `${depth === 'door' ? ' --door' : ''}${theme === null ? '' : ` --theme '${theme}'`}`
  return `FAILED ${rule} ${RULES[rule]}: ${what} — npm run sim -- ${seed}${options}`
}

/** Takes complaints; the first is the one that counts, what comes after it may be its consequence. */
export class Complaints {
  readonly #now: () => number
  first: Complaint | null = null

  constructor(now: () => number) {
    this.#now = now
  }

  add(rule: Rule, what: string): void {
    this.first ??= { rule, what, at_ms: this.#now() }
  }
}
