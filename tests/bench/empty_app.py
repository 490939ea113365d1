"""What `cdk synth` costs at least: one stack with nothing in it.

The handle is the usual placeholder, which makes nothing: validation refuses a template without
any resource.
"""

from aws_cdk import App, CfnWaitConditionHandle, Stack

app = App()
CfnWaitConditionHandle(Stack(app, "Empty"), "Nothing")
app.synth()
