// Dark or light; kept in this browser.
import { useMantineColorScheme } from '@mantine/core'
import { Icon } from '../../ui/index.ts'
import { keepScheme } from '../../ui/theme.ts'
import styles from './shell.module.css'

export function SchemeSwitch() {
  // Mantine would stop transitions by a <style> element, which the page's policy refuses.
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true })
  const other = colorScheme === 'dark' ? 'light' : 'dark'
  const turn = () => {
    keepScheme(other)
    setColorScheme(other)
  }
  return (
    <button type="button" className={styles.tool} aria-label={`Turn to the ${other} theme`} onClick={turn}>
      <Icon name={other === 'light' ? 'sun' : 'moon'} />
    </button>
  )
}
