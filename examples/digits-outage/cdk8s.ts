import { App, Chart } from "cdk8s";
import { CanaryRollout } from "slipway/cdk8s";
import { name, props } from "./props";

const app = new App();
new CanaryRollout(new Chart(app, "digits"), name, props);
app.synth();
