// Passwords as hashes: argon2id with the least that OWASP asks for, a few at a time.
import type { Passwords } from '../ports.ts'

/** 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }
/** Each takes 19 MiB and a core for some 30 ms: a crowd at the door must not take the machine. */
const AT_ONCE = 2

// Loaded when the first person comes: the command line and most tests never need it.
let loading: Promise<typeof import('@node-rs/argon2')> | undefined
function argon2() {
  loading ??= import('@node-rs/argon2')
  return loading
}

let running = 0
const waiting: (() => void)[] = []

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve))
  else running += 1
  try {
    return await work()
  } finally {
    const next = waiting.shift()
    if (next) next()
    else running -= 1
  }
}

/** One password however it is typed: an ü is one character or two. */
const text = (password: string) => password.normalize('NFKC')

export const systemPasswords: Passwords = {
  hash: (password, salt) =>
    inTurn(async () => {
      const { hash } = await argon2()
      return hash(text(password), { ...COST, salt: Buffer.from(salt, 'base64url').subarray(0, 16) })
    }),
  verify: (stored, password) =>
    inTurn(async () => {
      const { verify } = await argon2()
      return verify(stored, text(password))
    }),
}
