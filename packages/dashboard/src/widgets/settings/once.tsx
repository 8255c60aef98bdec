// A secret that is shown only now: to be copied, and its dialog closed by a word of one's own.
import { Button, Modal } from '@mantine/core'
import type { ReactNode } from 'react'
import { CopyButton } from '../../ui/index.ts'
import styles from './settings.module.css'

interface OnceProps {
  title: string
  /** What it is, and who may have it. */
  about: ReactNode
  secret: string | null
  /** What is copied, in the button's words: "the key". */
  what: string
  children?: ReactNode
  onKept: () => void
}

export function Once({ title, about, secret, what, children, onKept }: OnceProps) {
  return (
    <Modal
      opened={secret !== null}
      // Only by its button: a slip must not lose it.
      onClose={() => {}}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title={title}
      centered
      data-ngt-modal
    >
      <div className={styles.once}>
        <p>{about}</p>
        <output className={styles.secret} aria-label={what}>
          {secret}
        </output>
        <p className={styles.warn}>It is shown only now: the server keeps no copy of it.</p>
        {children}
        <div className={styles.row}>
          <CopyButton text={secret ?? ''} what={what} />
          <Button onClick={onKept}>I have kept it</Button>
        </div>
      </div>
    </Modal>
  )
}
