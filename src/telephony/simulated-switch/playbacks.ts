import type { SimChannel } from './channel';
import type { SimPlayback, SwitchState } from './switch-state';

const playbackJson = (playback: SimPlayback, state: string): Record<string, unknown> => ({
  id: playback.id,
  media_uri: playback.media,
  target_uri: `channel:${playback.channel}`,
  language: 'en',
  state,
});

/** What is played to a channel. A missing file is found out only at the end: the request itself succeeds. */
export class Playbacks {
  constructor(
    private readonly state: SwitchState,
    /** The callee hears something, or nothing again. */
    private readonly onSound: (channel: SimChannel, playing: boolean) => void,
  ) {}

  play(channel: SimChannel, id: string, media: string, by: 'app' | 'fallback', done?: () => void): object {
    const { media: library, timeScale } = this.state.world();
    const playback: SimPlayback = { id, channel: channel.id, media, by, state: 'queued', task: undefined };
    this.state.playbacks.set(id, playback);
    const answer = playbackJson(playback, 'queued');
    const missing = library.missing.includes(media);
    if (missing) {
      playback.task = this.state.later(channel, 1, () => this.finish(channel, playback, 'failed'));
      return answer;
    }
    playback.state = 'playing';
    channel.playing = id;
    this.state.truth.write({ e: 'message', leg: channel.id, by, media, play: id });
    if (by === 'app') {
      this.state.applications.emit(channel, 'PlaybackStarted', { playback: playbackJson(playback, 'playing') });
    }
    this.onSound(channel, true);
    const length = (library.lengths[media] ?? library.defaultMs) * timeScale;
    playback.task = this.state.later(channel, length, () => {
      this.finish(channel, playback, 'done');
      done?.();
    });
    return answer;
  }

  describe(id: string): object | undefined {
    const playback = this.state.playbacks.get(id);
    return playback && playbackJson(playback, playback.state);
  }

  /** False when there is no such playback. */
  stop(id: string): boolean {
    const playback = this.state.playbacks.get(id);
    const channel = playback && this.state.channels.get(playback.channel);
    if (!playback || !channel) return false;
    this.finish(channel, playback, 'done', false);
    return true;
  }

  /** The channel ends: whatever it hears has failed. */
  channelEnds(channel: SimChannel): void {
    for (const playback of [...this.state.playbacks.values()]) {
      if (playback.channel === channel.id) this.finish(channel, playback, 'failed');
    }
  }

  private finish(channel: SimChannel, playback: SimPlayback, state: 'done' | 'failed', completed = true): void {
    if (!this.state.playbacks.delete(playback.id)) return;
    this.state.drop(channel, playback.task);
    const heard = playback.state === 'playing';
    if (channel.playing === playback.id) channel.playing = undefined;
    if (heard) {
      this.state.truth.write({
        e: 'messageEnd',
        leg: channel.id,
        play: playback.id,
        completed: state === 'done' && completed,
      });
    }
    if (playback.by === 'app') {
      this.state.applications.emit(channel, 'PlaybackFinished', { playback: playbackJson(playback, state) });
    }
    if (heard && !channel.ended) this.onSound(channel, false);
  }
}
