// The pictures of docs/tour: taken by the tests when they are asked to (E2E_SCREENSHOTS), so that CI leaves no trace.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'

const FOLDER = fileURLToPath(new URL('../../../../docs/tour/', import.meta.url))
export const wanted = (): boolean => process.env.E2E_SCREENSHOTS === '1'

export async function picture(page: Page, name: string): Promise<void> {
  if (!wanted()) return
  mkdirSync(FOLDER, { recursive: true })
  await page.mouse.move(0, 0)
  await page.evaluate('document.activeElement?.blur()')
  writeFileSync(join(FOLDER, `${name}.png`), await page.screenshot({ animations: 'disabled', caret: 'hide' }))
}
