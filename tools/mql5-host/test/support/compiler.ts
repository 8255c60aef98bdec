// Tests that need g++. On a machine without it they are left out with a sentence; where CI=true they fail, because
// there nobody would see the sentence.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, test } from 'vitest'
import { gppVersion, INSTALL } from '../../src/index.ts'

const missing = gppVersion() === null
const inCi = process.env.CI === 'true'

export function describeWithCompiler(name: string, tests: () => void): void {
  if (missing && inCi) {
    test(name, () => {
      throw new Error(INSTALL)
    })
    return
  }
  describe.skipIf(missing)(missing ? `${name} (left out: ${INSTALL})` : name, tests)
}

/** A folder for one test file, gone when it is done. */
export function workFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'mql5-host-test-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}
