import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
ALTER TABLE campaign
  -- {"anyOf": [{"allOf": [{"attribute": "balance", "type": "NUMBER", "operator": "GREATER", "values": ["100"]}]}]}; null: all
  ADD COLUMN contact_filter jsonb,
  -- The same as a jsonpath predicate over a contact's attributes.
  ADD COLUMN contact_filter_path text,
  -- [{"attribute": "balance", "type": "NUMBER", "direction": "DESCENDING"}]
  ADD COLUMN contact_sort jsonb NOT NULL DEFAULT '[]',
  -- Rises with every change of filter or sort.
  ADD COLUMN selection_version integer NOT NULL DEFAULT 0;

ALTER TABLE campaign_contact
  -- Due: it stands in the index that is selected from. One that waits for its time stands in the other, so that a selection
  -- never walks over contacts that are not due, however many wait at the head of the order.
  ADD COLUMN queued boolean NOT NULL DEFAULT true,
  ADD COLUMN filtered_out boolean NOT NULL DEFAULT false,
  -- Bytes that compare as the campaign's sort has it.
  ADD COLUMN sort_key bytea NOT NULL DEFAULT '';
DROP INDEX campaign_contact_ready;
CREATE INDEX campaign_contact_next ON campaign_contact (campaign_id, priority, zone, law, sort_key, due_at, contact_id)
  WHERE state = 'READY' AND queued AND NOT filtered_out;
CREATE INDEX campaign_contact_waiting ON campaign_contact (campaign_id, due_at, contact_id)
  WHERE state = 'READY' AND NOT queued AND NOT filtered_out;
-- What was dialled leaves dead entries at the head of the order: they are cleared long before a fifth of the table is dead.
ALTER TABLE campaign_contact SET (autovacuum_vacuum_scale_factor = 0.005, autovacuum_vacuum_threshold = 20000);

CREATE FUNCTION contact_matches(attributes jsonb, path text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
  $$ SELECT path IS NULL OR coalesce(attributes @@ path::jsonpath, false) $$;

-- Numbers as eight bytes that compare as they do, texts in lower case by their first 40 characters; reversed bit by bit for a
-- descending column; whoever has no value comes last in either direction.
CREATE FUNCTION contact_sort_key(attributes jsonb, sort jsonb) RETURNS bytea LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  result bytea := '';
  definition jsonb;
  given text;
  piece bytea;
  bits bigint;
BEGIN
  FOR definition IN SELECT jsonb_array_elements(sort) LOOP
    given := attributes ->> (definition ->> 'attribute');
    piece := NULL;
    IF definition ->> 'type' = 'NUMBER' THEN
      IF pg_input_is_valid(given, 'double precision') THEN
        bits := ('x' || encode(float8send(given::double precision), 'hex'))::bit(64)::bigint;
        piece := int8send(CASE WHEN bits < 0 THEN ~bits ELSE bits # (-9223372036854775808)::bigint END);
      END IF;
    ELSIF given IS NOT NULL THEN
      piece := convert_to(lower(left(given, 40)), 'UTF8') || '\\x00';
    END IF;
    IF piece IS NULL THEN
      result := result || '\\x02';
    ELSIF definition ->> 'direction' = 'DESCENDING' THEN
      result := result || '\\x01'
        || decode(translate(encode(piece, 'hex'), '0123456789abcdef', 'fedcba9876543210'), 'hex');
    ELSE
      result := result || '\\x01' || piece;
    END IF;
  END LOOP;
  RETURN result;
END $$;

-- How far the contacts of a campaign have been put into the order of its newest filter and sort.
CREATE TABLE campaign_ranking (
  campaign_id uuid PRIMARY KEY REFERENCES campaign ON DELETE CASCADE,
  organisation_id uuid NOT NULL,
  version integer NOT NULL,
  ranked_to bigint NOT NULL DEFAULT 0,
  contacts_ranked bigint NOT NULL DEFAULT 0,
  contacts_changed bigint NOT NULL DEFAULT 0,
  started_at timestamptz NOT NULL,
  ended_at timestamptz,
  seq bigint NOT NULL DEFAULT 1
);
CREATE INDEX campaign_ranking_open ON campaign_ranking (campaign_id) WHERE ended_at IS NULL;
`;

const DOWN = `
DROP TABLE campaign_ranking;
DROP FUNCTION contact_sort_key;
DROP FUNCTION contact_matches;
ALTER TABLE campaign_contact RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold);
DROP INDEX campaign_contact_waiting;
DROP INDEX campaign_contact_next;
CREATE INDEX campaign_contact_ready ON campaign_contact (campaign_id, zone, priority, due_at, contact_id)
  WHERE state = 'READY';
ALTER TABLE campaign_contact DROP COLUMN sort_key, DROP COLUMN filtered_out, DROP COLUMN queued;
ALTER TABLE campaign
  DROP COLUMN selection_version, DROP COLUMN contact_sort, DROP COLUMN contact_filter_path, DROP COLUMN contact_filter;
`;

/** Filter, sort and what is due stand in the index from which contacts are selected. */
export class Selection1710000005100 implements MigrationInterface {
  readonly name = 'Selection1710000005100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}
