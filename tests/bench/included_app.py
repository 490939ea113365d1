"""What `cdk synth` costs at least with the templates of a stage: they are put in as they are.

The first argument is the folder of the assembly that they are from. Nothing of it is computed
here, and no asset is read, so no app that makes these templates with this CDK takes less.
"""

import gc
import json
import sys
from pathlib import Path

# As app.py has it.
gc.disable()

from aws_cdk import App, Stack, Stage
from aws_cdk.cloudformation_include import CfnInclude

app = App()
folder = Path(sys.argv[1])
own = Path(app.outdir).with_name("included")
own.mkdir(exist_ok=True)
for assembly in sorted(folder.glob("assembly-*")):
    stage = Stage(app, assembly.name.removeprefix("assembly-"))
    for path in sorted(assembly.glob("*.template.json")):
        template = json.loads(path.read_text())
        # A stack adds these itself.
        template["Parameters"].pop("BootstrapVersion")
        template["Rules"].pop("CheckBootstrapVersion")
        included = own / path.name
        included.write_text(json.dumps(template))
        stack = Stack(stage, path.name.partition(".")[0])
        CfnInclude(stack, "Included", template_file=str(included))
app.synth()
