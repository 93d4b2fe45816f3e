// The mark grown up: team, client and partner walk over the lowered bridge. Decoration beside the first forms.

import { Mark } from "./mark.tsx";
import classes from "./bridge-picture.module.css";

const Walker = ({ x, color }: { x: number; color: string }) => (
  <g fill={color}>
    <circle cx={x} cy={566} r={13} />
    <path d={`M${x - 14} 612v-16a14 14 0 0 1 28 0v16z`} />
  </g>
);

export const BridgePicture = () => (
  <div className={classes.picture} aria-hidden>
    <div className={classes.words}>
      <Mark size={42} />
      <p>One place for your team, clients, partners and customers. Online or not, each sees what is theirs.</p>
    </div>
    <svg className={classes.drawing} viewBox="0 0 620 900" preserveAspectRatio="xMidYMax slice">
      <rect y="690" width="620" height="210" fill="#0e1830" />
      <g stroke="#1f2f55" strokeWidth="3" strokeLinecap="round">
        <path d="M60 742h500M120 782h390M30 826h420M240 866h330" />
      </g>
      <path d="M205 275 480 590M205 408 376 616" stroke="#7f92b7" strokeWidth="7" />
      <path d="M96 210h20v-26h26v26h20v-26h26v26h20v520H96z" fill="#31446b" />
      <path d="M470 472h104v258H470z" fill="#31446b" />
      <path d="M466 450h112v24H466z" fill="#445983" />
      <path d="M130 332a21 21 0 0 1 42 0v34h-42z" fill="#e8c067" />
      <path d="M151 311v55M130 335h42" stroke="#31446b" strokeWidth="5" />
      <Walker x={246} color="#ffffff" />
      <Walker x={296} color="#63cbd5" />
      <Walker x={424} color="#c5aaf7" />
      <rect y="612" width="620" height="40" fill="#f2a516" />
      <rect y="652" width="620" height="8" fill="#9a6200" />
      <path
        d="M20 612v40M62 612v40M104 612v40M146 612v40M188 612v40M230 612v40M272 612v40M314 612v40M356 612v40M398 612v40M440 612v40M482 612v40M524 612v40M566 612v40M608 612v40"
        stroke="#d08600"
        strokeWidth="3"
      />
    </svg>
  </div>
);
