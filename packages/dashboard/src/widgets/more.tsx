// The end of a list that is read in pages: how to get the next, or that this is all.
import { Button } from '@mantine/core'
import styles from './more.module.css'

interface Paged {
  readonly hasNextPage: boolean
  readonly isFetchingNextPage: boolean
  fetchNextPage(): unknown
}

export function More({ list, what }: { list: Paged; what: string }) {
  if (!list.hasNextPage) return null
  return (
    <div className={styles.more}>
      <Button
        size="compact-sm"
        variant="default"
        loading={list.isFetchingNextPage}
        onClick={() => void list.fetchNextPage()}
      >
        Older {what}
      </Button>
    </div>
  )
}
