// What the machine says of itself: room on the disk of the data, end of the certificate.
import { X509Certificate } from 'node:crypto'
import { readFile, statfs } from 'node:fs/promises'
import type { Config } from '../config.ts'
import type { Machine } from '../ports.ts'

export const systemMachine = (config: Pick<Config, 'NGTB_DATA_DIR' | 'NGTB_TLS_CERT_FILE'>): Machine => ({
  async disk() {
    try {
      const { bavail, blocks, bsize } = await statfs(config.NGTB_DATA_DIR)
      return { free_bytes: bavail * bsize, total_bytes: blocks * bsize }
    } catch {
      return null // no such folder: the data is elsewhere
    }
  },
  async certificateEnd() {
    if (config.NGTB_TLS_CERT_FILE === null) return null
    try {
      const ends = Date.parse(new X509Certificate(await readFile(config.NGTB_TLS_CERT_FILE)).validTo)
      return Number.isFinite(ends) ? ends : 'unreadable'
    } catch {
      return 'unreadable'
    }
  },
})
