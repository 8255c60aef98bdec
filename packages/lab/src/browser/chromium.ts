// Which browser: E2E_CHROMIUM, or where the systems put it. Nothing is downloaded.
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
]

export const NO_CHROMIUM =
  'No Chromium was found. Install one (Debian, Ubuntu: sudo apt-get install chromium; macOS: brew install --cask chromium), or say by E2E_CHROMIUM where it is.'

/** The program; null where there is none. @throws {Error} when E2E_CHROMIUM names nothing */
export function findChromium(): string | null {
  const named = process.env.E2E_CHROMIUM
  if (named === undefined || named === '') return PLACES.find((place) => existsSync(place)) ?? null
  if (!existsSync(named)) throw new Error(`E2E_CHROMIUM is ${named}, and there is nothing`)
  return named
}

export async function openChromium(): Promise<Browser> {
  const executablePath = findChromium()
  if (executablePath === null) throw new Error(NO_CHROMIUM)
  // Root has no sandbox of the system's; the only pages are ours.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
}
