// Shapes of the countries (Natural Earth 1:110m, public domain, packed as TopoJSON by world-atlas), as paths of a map. Loaded when a map is shown, and only then.
import atlas from 'world-atlas/countries-110m.json';

export interface Shape {
  /** ISO 3166-1; empty where there is none. */
  code: string;
  path: string;
}
export const WIDTH = 720;

// Numbers of ISO 3166-1, which the shapes bear, with their letters.
const LETTERS =
  '004AF008AL010AQ012DZ024AO031AZ032AR036AU040AT044BS050BD051AM056BE064BT068BO070BA072BW076BR084BZ090SB096BN100BG104MM108BI112BY116KH120CM124CA140CF144LK148TD152CL156CN158TW170CO178CG180CD188CR191HR192CU196CY203CZ204BJ208DK214DO218EC222SV226GQ231ET232ER233EE238FK242FJ246FI250FR260TF262DJ266GA268GE270GM275PS276DE288GH300GR304GL320GT324GN328GY332HT340HN348HU352IS356IN360ID364IR368IQ372IE376IL380IT384CI388JM392JP398KZ400JO404KE408KP410KR414KW417KG418LA422LB426LS428LV430LR434LY440LT442LU450MG454MW458MY466ML478MR484MX496MN498MD499ME504MA508MZ512OM516NA524NP528NL540NC548NH554NZ558NI562NE566NG578NO586PK591PA598PG600PY604PE608PH616PL620PT624GW626TL630PR634QA642RO643RU646RW682SA686SN688RS694SL703SK704VN705SI706SO710ZA716ZW724ES728SS729SD732EH740SR748SZ752SE756CH760SY762TJ764TH768TG780TT784AE788TN792TR795TM800UG804UA807MK818EG826GB834TZ840US854BF858UY860UZ862VE887YE894ZM';
/** Too small for shapes at this scale: where they lie, longitude and latitude. */
const POINTS: Record<string, [number, number]> = {
  SG: [103.8, 1.35], HK: [114.2, 22.3], MO: [113.5, 22.2], BH: [50.6, 26.1], MT: [14.4, 35.9], MV: [73.5, 3.2], MU: [57.6, -20.3], SC: [55.5, -4.7], BB: [-59.5, 13.2], LI: [9.5, 47.1], AD: [1.5, 42.5], MC: [7.4, 43.7], SM: [12.5, 43.9], VA: [12.4, 41.9],
  TO: [-175.2, -21.2], WS: [-172.1, -13.8], KI: [173, 1.4], PW: [134.6, 7.5], FM: [158.2, 6.9], MH: [171.2, 7.1], NR: [166.9, -0.5], CV: [-23.6, 15.1], KM: [43.3, -11.9], ST: [6.6, 0.2], AG: [-61.8, 17.1], DM: [-61.4, 15.4], GD: [-61.7, 12.1], KN: [-62.8, 17.3], LC: [-61, 13.9], VC: [-61.2, 13.3],
};

// Equal Earth (Šavrič, Patterson, Jenny 2018): areas are true, so that no country looks more concerned than it is.
const [A1, A2, A3, A4] = [1.340264, -0.081106, 0.000893, 0.003796];
const SCALE = WIDTH / 5.4132;
const TOP_LATITUDE = 83.7;
const BOTTOM_LATITUDE = -57;
function raw(longitude: number, latitude: number): [number, number] {
  const theta = Math.asin((Math.sqrt(3) / 2) * Math.sin((latitude * Math.PI) / 180));
  const t2 = theta * theta, t6 = t2 * t2 * t2;
  const x = (2 * Math.sqrt(3) * ((longitude * Math.PI) / 180) * Math.cos(theta)) / (3 * (9 * A4 * t6 * t2 + 7 * A3 * t6 + 3 * A2 * t2 + A1));
  return [x, theta * (A4 * t6 * t2 + A3 * t6 + A2 * t2 + A1)];
}
const TOP = raw(0, TOP_LATITUDE)[1];
export const HEIGHT = Math.round((TOP - raw(0, BOTTOM_LATITUDE)[1]) * SCALE);
export function project(longitude: number, latitude: number): [number, number] {
  const [x, y] = raw(longitude, latitude);
  return [WIDTH / 2 + x * SCALE, (TOP - y) * SCALE];
}
export function pointOf(code: string): [number, number] | undefined {
  const at = POINTS[code];
  return at && project(at[0], at[1]);
}

interface Geometry {
  type: string;
  id?: string;
  arcs?: unknown;
}
interface Topology {
  arcs: [number, number][][];
  transform: { scale: [number, number]; translate: [number, number] };
  objects: { countries: { geometries: Geometry[] } };
}

type Point = [number, number];

/** TopoJSON: points of an arc are steps from the one before; a negative number of an arc means it backwards. */
function decoder(topology: Topology): (ring: number[]) => Point[] {
  const { scale, translate } = topology.transform;
  const arcs = topology.arcs.map((arc) => {
    let x = 0, y = 0;
    return arc.map(([dx, dy]): Point => {
      x += dx;
      y += dy;
      return [x * scale[0] + translate[0], y * scale[1] + translate[1]];
    });
  });
  return (ring) => {
    const points: Point[] = [];
    for (const n of ring) {
      const arc = n < 0 ? [...arcs[~n]!].reverse() : arcs[n]!;
      points.push(...(points.length > 0 ? arc.slice(1) : arc));
    }
    return points;
  };
}

/** What of a ring lies on one side of a meridian (Sutherland and Hodgman 1974). */
function clipped(ring: Point[], meridian: number, side: 1 | -1): Point[] {
  const out: Point[] = [];
  ring.forEach((b, i) => {
    const a = ring[(i + ring.length - 1) % ring.length]!;
    const aIn = (a[0] - meridian) * side <= 0, bIn = (b[0] - meridian) * side <= 0;
    if (aIn !== bIn) out.push([meridian, a[1] + ((b[1] - a[1]) * (meridian - a[0])) / (b[0] - a[0])]);
    if (bIn) out.push(b);
  });
  return out;
}
/** A ring that crosses the 180th meridian (Russia, Fiji) becomes one on each side of the map. */
export function parted(ring: Point[]): Point[][] {
  let turn = 0;
  const whole = ring.map(([x, y], i): Point => {
    const step = i === 0 ? 0 : x - ring[i - 1]![0];
    if (step > 180) turn -= 360;
    if (step < -180) turn += 360;
    return [x + turn, y];
  });
  if (whole.every(([x]) => x >= -180 && x <= 180)) return [whole];
  return [-360, 0, 360].map((shift) => clipped(clipped(whole.map(([x, y]): Point => [x + shift, y]), 180, 1), -180, -1)).filter((part) => part.length > 2);
}
const pathOf = (ring: Point[]): string => `M${ring.map(([x, y]) => project(x, y).map((n) => n.toFixed(1)).join(' ')).join('L')}Z`;

export function shapes(): Shape[] {
  const topology = atlas as unknown as Topology;
  const letters = new Map<string, string>();
  for (let i = 0; i < LETTERS.length; i += 5) letters.set(LETTERS.slice(i, i + 3), LETTERS.slice(i + 3, i + 5));
  const ringOf = decoder(topology);
  return topology.objects.countries.geometries.flatMap((g) => {
    const code = letters.get(g.id ?? '') ?? '';
    if (code === 'AQ') return []; // nobody is attacked there, and it would be a third of the picture
    const polygons = (g.type === 'MultiPolygon' ? g.arcs : [g.arcs]) as number[][][];
    return [{ code, path: polygons.flat().flatMap((ring) => parted(ringOf(ring)).map(pathOf)).join('') }];
  });
}
