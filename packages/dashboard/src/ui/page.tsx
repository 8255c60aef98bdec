// A page: its one heading with a line of context, its tools, its content.
import { type ReactNode, useEffect } from 'react'
import styles from './page.module.css'

export interface PageProps {
  title: string
  /** One line below the heading: what this is, how many, how fresh. */
  context?: ReactNode
  tools?: ReactNode
  children: ReactNode
}

export function Page({ title, context, tools, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · ngTradingBot`
  }, [title])
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <div>
          <h1>{title}</h1>
          {context ? <p>{context}</p> : null}
        </div>
        {tools ? <div className={styles.tools}>{tools}</div> : null}
      </header>
      {children}
    </div>
  )
}

/** Figures side by side, each with its name above and, where it helps, a note below. */
export function Figures({ children }: { children: ReactNode }) {
  return <dl className={styles.figures}>{children}</dl>
}

export function FigureOf({ name, note, children }: { name: string; note?: ReactNode; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {children}
        {note ? <span className={styles.note}>{note}</span> : null}
      </dd>
    </div>
  )
}

export function Panel({ children }: { children: ReactNode }) {
  return <div className={styles.panel}>{children}</div>
}
