// netserver.mjs — the server that NetTest.mq5 talks to; every path is one way in which a server may behave.
import { createServer } from 'node:http'
import { gzipSync } from 'node:zlib'

const port = Number(process.argv[2] ?? 9910)

async function body(request) {
  let text = ''
  for await (const chunk of request) text += chunk
  return text
}
function gzipInChunks(response) {
  const zipped = gzipSync('zipped text')
  response.writeHead(200, { 'content-encoding': 'gzip' })
  response.write(zipped.subarray(0, 5))
  setTimeout(() => response.end(zipped.subarray(5)), 20)
}
function drip(response) {
  response.writeHead(200, { 'content-length': '100' })
  const timer = setInterval(() => response.write('x'), 50)
  response.on('close', () => clearInterval(timer))
}
function half(request, response) {
  response.writeHead(200, { 'content-length': '100' })
  response.write('part')
  setTimeout(() => request.socket.destroy(), 20)
}
function once(request, response) {
  response.end('once')
  setTimeout(() => request.socket.destroy(), 10)
}

const server = createServer(async (request, response) => {
  const { headers, method, url } = request
  if (url === '/ok') response.end('fine')
  else if (url === '/404') response.writeHead(404).end('nope')
  else if (url === '/204') response.writeHead(204).end()
  else if (url === '/redir') response.writeHead(302, { location: '/ok' }).end()
  else if (url === '/gzip') gzipInChunks(response)
  else if (url === '/echo') response.end(`${method} ${headers['content-type']} ${await body(request)}`)
  else if (url === '/agent') response.end(headers['user-agent'])
  else if (url === '/cookie') response.end(headers.cookie)
  else if (url === '/slow') setTimeout(() => response.end('late'), 1500)
  else if (url === '/drip') drip(response)
  else if (url === '/reset') request.socket.destroy()
  else if (url === '/half') half(request, response)
  else if (url === '/once') once(request, response)
  else response.writeHead(500).end('?')
})
server.listen(port, '127.0.0.1', () => console.log(`listening on ${server.address().port}`))
