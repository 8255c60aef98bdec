// Asks every two seconds; says when what it shows is old.
const $ = (id) => document.getElementById(id)
const cell = (text, numeric) => {
  const td = document.createElement('td')
  td.textContent = text ?? '–'
  if (numeric) td.className = 'n'
  return td
}
const age = (iso) => {
  if (!iso) return 'never'
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(iso)) / 1000))
  return seconds < 120 ? `${seconds} s ago` : `${Math.round(seconds / 60)} min ago`
}
const money = (value) => (value === null ? '–' : value.toFixed(2))

function rows(list) {
  return list.map((c) => {
    const tr = document.createElement('tr')
    tr.append(
      cell(c.account_id),
      cell(c.account_number),
      cell(c.broker),
      cell(`${c.state}${c.healthy ? ', healthy' : ''}`),
      cell(age(c.last_seen_at)),
      cell(c.health_score, true),
      cell(money(c.balance), true),
      cell(money(c.equity), true),
      cell(c.open_positions, true),
      cell(c.tick_count.toLocaleString(), true),
    )
    return tr
  })
}

function pairs(target, values) {
  target.replaceChildren(
    ...Object.entries(values).flatMap(([name, value]) => {
      const dt = document.createElement('dt')
      const dd = document.createElement('dd')
      dt.textContent = name.replaceAll('_', ' ')
      dd.textContent = value.toLocaleString()
      return [dt, dd]
    }),
  )
}

async function refresh() {
  try {
    const answer = await fetch('/api/system/status')
    if (!answer.ok)
      throw new Error(`the server answered ${answer.status}; a key is needed beyond this machine`)
    const { connections, commands, data } = await answer.json()
    $('summary').textContent = `${connections.total} connections, ${connections.healthy} healthy`
    $('connections').replaceChildren(...rows(connections.details))
    $('nobody').hidden = connections.total > 0
    pairs($('commands'), commands)
    pairs($('data'), data)
    document.body.classList.remove('stale')
  } catch (error) {
    $('summary').textContent = `what you see is old: ${error.message}`
    document.body.classList.add('stale')
  }
  setTimeout(refresh, 2000)
}
void refresh()
