// The lab's progress: a bar on stderr for a person at a terminal, nothing for anybody else.

const WIDTH = 28

export interface Progress {
  /** @param done 0 … 1 */
  show(done: number, text: string): void
  end(): void
}

export function progressBar(stream: NodeJS.WriteStream = process.stderr): Progress {
  if (!stream.isTTY) return { show() {}, end() {} }
  let shown = false
  return {
    show(done, text) {
      const filled = Math.round(Math.min(1, Math.max(0, done)) * WIDTH)
      shown = true
      stream.write(`\r\x1b[2K${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${text.slice(0, 70)}`)
    },
    end() {
      if (shown) stream.write('\r\x1b[2K')
    },
  }
}
