import type { Pool } from 'pg';

/**
 * Triggers that note, in real time, who acted for a dialer and when, and how business time was moved: what the audit needs
 * and the product does not keep.
 */
const INSTALL = `
CREATE TABLE witness (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  what text NOT NULL,
  subject text NOT NULL,
  value text NOT NULL,
  at timestamptz NOT NULL
);
CREATE FUNCTION witness_epoch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO witness (what, subject, value, at) VALUES ('epoch', NEW.dialer_id, NEW.epoch, clock_timestamp());
  RETURN NULL;
END $$;
CREATE FUNCTION witness_lease() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP = 'INSERT' OR OLD.owner <> NEW.owner THEN
    INSERT INTO witness (what, subject, value, at) VALUES ('lease', NEW.dialer_id, NEW.owner, clock_timestamp());
  END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION witness_offset() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO witness (what, subject, value, at) VALUES ('offset', '', NEW.offset_ms, clock_timestamp());
  RETURN NULL;
END $$;
CREATE TRIGGER witness_epoch AFTER INSERT OR UPDATE ON dialer_epoch FOR EACH ROW EXECUTE FUNCTION witness_epoch();
CREATE TRIGGER witness_lease AFTER INSERT OR UPDATE ON dialer_lease FOR EACH ROW EXECUTE FUNCTION witness_lease();
CREATE TRIGGER witness_offset AFTER INSERT OR UPDATE ON clock_offset FOR EACH ROW EXECUTE FUNCTION witness_offset();
`;

export const installWitness = async (pool: Pool): Promise<void> => {
  await pool.query(INSTALL);
};

export interface Testimony {
  /** When each epoch of the dialer was raised, real epoch milliseconds. */
  epochs: { epoch: number; at: number }[];
  /** Who took the lease, and when. */
  owners: { owner: string; at: number }[];
  offsets: { offsetMs: number; at: number }[];
}

export const readWitness = async (pool: Pool, dialerId: string): Promise<Testimony> => {
  const { rows } = await pool.query<{ what: string; subject: string; value: string; at: Date }>(
    'SELECT what, subject, value, at FROM witness ORDER BY id',
  );
  const of = (what: string) =>
    rows.filter((row) => row.what === what && (what === 'offset' || row.subject === dialerId));
  return {
    epochs: of('epoch').map((row) => ({ epoch: Number(row.value), at: row.at.getTime() })),
    owners: of('lease').map((row) => ({ owner: row.value, at: row.at.getTime() })),
    offsets: of('offset').map((row) => ({ offsetMs: Number(row.value), at: row.at.getTime() })),
  };
};
