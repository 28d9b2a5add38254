import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { EventSocket } from '../../src/telephony/ari/event-socket';
import { settings } from '../../src/telephony/ari/options';

const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Whether the stream is ours is what keeps a process that stood still from acting on calls that another one has. */
describe('proof that the event stream is ours', () => {
  let server: WebSocketServer;
  let peer: WebSocket;
  let socket: EventSocket;
  let jump = 0;
  let told: string[];

  beforeEach(async () => {
    jump = 0;
    told = [];
    server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const connected = new Promise<WebSocket>((resolve) => server.once('connection', resolve));
    const opened = new Promise<void>((resolve) => {
      socket = new EventSocket(
        settings({
          url: `ari://u:p@127.0.0.1:${port}`,
          app: 'a',
          endpointTemplate: 'PJSIP/{number}@{trunk}',
          logger,
          monotonic: () => performance.now() + jump,
          pingEveryMs: 100,
          freshWithinMs: 400,
          linkTimeoutMs: 600,
        }),
        {
          open: resolve,
          message: (text) => told.push(text),
          pong: () => {},
          down: (why) => told.push(`down ${why}`),
        },
      );
    });
    peer = await connected;
    await opened;
    await wait(50);
  });
  afterEach(async () => {
    socket.close();
    await new Promise((resolve) => server.close(resolve));
  });

  test('fresh while pings are answered', () => {
    expect(socket.fresh()).toBe(true);
  });

  test('after standing still nothing is fresh until a new pong', async () => {
    jump = 10_000;
    expect(socket.fresh()).toBe(false);
    expect(await socket.proof()).toBe(true);
    expect(socket.fresh()).toBe(true);
    // A pause is no reason to give the connection up.
    await wait(150);
    expect(told).toEqual([]);
  });

  test('what the switch said before its pong is heard before the proof', async () => {
    jump = 10_000;
    peer.send('ApplicationReplaced');
    await socket.proof();
    expect(told).toEqual(['ApplicationReplaced']);
  });

  test('without pongs the proof ends and then the link', async () => {
    peer.pause();
    await wait(500);
    expect(socket.fresh()).toBe(false);
    expect(await socket.proof()).toBe(false);
    await wait(600);
    expect(told).toEqual(['down no pong']);
    peer.resume();
  });
});
