import { lawOf } from '../../compliance/law/law-of';
import type { LawRegistry } from '../../compliance/law/registry';
import { type AreaCodes, loadAreaCodes } from '../jurisdictions/area-codes';
import { JurisdictionFinder } from '../jurisdictions/jurisdiction-finder';
import { ZoneFinder } from '../zones/zone-finder';
import { loadZoneTable, type ZoneTable } from '../zones/zone-table';

/** Where numbers are: reference data, read once per process. */
export interface PlaceTables {
  zones: ZoneTable;
  areas: AreaCodes;
}

export const loadPlaceTables = (): PlaceTables => ({ zones: loadZoneTable(), areas: loadAreaCodes() });

/** Answers where a number is, under whose law, and in which zones. */
export interface Places {
  zones: ZoneFinder;
  jurisdictions: JurisdictionFinder;
  /** Zones to take when nobody knows the number's, by the law of these codes; undefined: it is not dialled. */
  unknownZones(law: string): string | undefined;
}

export const createPlaces = (tables: PlaceTables, registry: LawRegistry, now: number): Places => {
  const zones = new ZoneFinder(tables.zones, now);
  return {
    zones,
    jurisdictions: new JurisdictionFinder(tables.areas),
    unknownZones(codes) {
      const law = lawOf(codes, now, registry);
      return law.unknownZone === 'STRICTEST' ? zones.ofPlace(law.zones) : undefined;
    },
  };
};
