import type { ApiClient } from '../api-client/graphql-client';

interface Live {
  state: string;
  attempts: number;
  agents: Record<string, number>;
  lines: Record<string, number>;
  windows: { liveAnswers: number; abandons: number; ratePercent: number | null }[];
  whyNotDialling: string[];
}

const LIVE = `subscription($id: ID!) {
  campaignLive(campaignId: $id) {
    state attempts
    agents { reserved connected wrapUp idle }
    lines { ringing waiting connected message }
    windows { liveAnswers abandons ratePercent }
    whyNotDialling
  }
}`;

/** Without a terminal every line is kept, so fewer are written. */
const PLAIN_EVERY_MS = 10_000;

const oneLine = ({ state, attempts, agents, lines, windows, whyNotDialling }: Live): string => {
  const window = windows[0];
  const rate = window?.ratePercent === null || !window ? '–' : `${window.ratePercent.toFixed(1)} %`;
  const why = whyNotDialling.length > 0 ? `  not dialling: ${whyNotDialling.join(', ')}` : '';
  return (
    `${state}  attempts ${attempts}  ringing ${lines.ringing}  talking ${lines.connected}  ` +
    `agents reserved ${agents.reserved} wrap-up ${agents.wrapUp} idle ${agents.idle}  ` +
    `live answers ${window?.liveAnswers ?? 0}  abandoned ${rate}${why}`
  );
};

/** Live figures of a campaign: one line rewritten in place on a terminal, one every ten seconds elsewhere. */
export const showFigures = async (client: ApiClient, campaignId: string, signal: AbortSignal): Promise<void> => {
  let writtenAt = Number.NEGATIVE_INFINITY;
  for await (const { campaignLive } of client.subscribe<{ campaignLive: Live }>(LIVE, { id: campaignId })) {
    if (signal.aborted) return;
    const line = oneLine(campaignLive);
    if (process.stdout.isTTY) {
      process.stdout.write(`\r\u001b[K${line.slice(0, Math.max(20, process.stdout.columns - 1))}`);
    } else if (performance.now() - writtenAt >= PLAIN_EVERY_MS) {
      writtenAt = performance.now();
      process.stdout.write(`${line}\n`);
    }
  }
};
