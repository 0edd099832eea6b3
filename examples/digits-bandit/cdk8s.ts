import { App, Chart } from "cdk8s";
import { BanditRollout } from "slipway/cdk8s";
import { name, props } from "./props";

const app = new App();
new BanditRollout(new Chart(app, "digits"), name, props);
app.synth();
