/** What Gradio hands to the script of a `gr.HTML`. */
interface Widget {
  element: HTMLElement;
  props: Record<string, any>;
  trigger: (event: string) => void;
  server: Record<string, (params: object) => Promise<any>>;
  watch: (name: string, act: () => void) => void;
}

/** The form's values by name, as Gradio's components give them. */
type Values = Record<string, any>;

/** What is known of a reference, by its link. */
interface Facts {
  kind?: string;
  name?: string;
  src?: string;
  preview?: string;
  duration_s?: number;
  width?: number;
  height?: number;
  size?: number;
  extension?: string;
  /** The same for files of the same bytes. */
  content?: string;
  /** Whether the service takes it as it is. */
  fits?: boolean;
  /** How long a video is likely to take to be made to fit; none for what is done at once. */
  fit_seconds?: number | null;
  /** Whether the link can be read, as the server or this browser found. */
  reach?: { good: boolean; text: string };
  /** Whether a picture has parts that are not opaque. */
  clear?: boolean;
  /** What it was before it was made to fit; without a link only this page has it, where it still has. */
  given?: { link: string; trait?: string; extension: string; size: number; width?: number; height?: number } | null;
}

interface Video {
  url: string;
  link: string;
  cover?: string;
  /** Where it is kept here: the id of the copy, and what its file is called. */
  copy?: string;
  file?: string;
}

/** What a JSON pane shows; `wrong`: the fields whose lines are marked. */
interface Pane {
  facts: string[];
  text: string;
  wrong?: string[];
}

type Lists = Record<string, string[]>;

/** The bounds of a model: seconds from and to, the longest prompt, references, and the choices of some fields. */
interface ModelFacts {
  least: number;
  most: number;
  prompt: number;
  images: number;
  videos: number;
  audios: number;
  choices: Record<string, string[]>;
}

/** What the page is served with (`theme.py`). */
interface PageData {
  models: {
    default: string;
    of: Record<string, ModelFacts>;
    /** By language, where they have names. */
    names: Record<string, Record<string, string>>;
    widest: ModelFacts;
  };
  words: Record<string, Record<string, Record<string, string>>>;
  fields: string[];
  mentions: Record<string, string>;
  blanks: string;
  clip: { shortest: number; longest: number; all: number };
  /** The page's icon, as SVG. */
  icon: string;
  /** Whether the server may be asked whether a link can be read. */
  reaches: boolean;
  megabyte: number;
  /** What a photo may be that leaves as it is, and the qualities (of 100) of one that is made smaller. */
  photo: { bytes: number; side: number; qualities: number[] };
  uploadBytes: Record<string, number>;
}

declare var studioData: PageData;
declare var gradio_config: { root?: string } | undefined;
