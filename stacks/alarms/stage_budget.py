"""The budget of a stage, which tells its topic hours after the brake could have."""

from aws_cdk import aws_budgets as budgets
from constructs import Construct

from stacks.shared.stage_tag import STAGE_TAG

_ACTUAL, _FORECAST = (50, 80, 100), (100,)


class StageBudget(Construct):
    """Tells the topic when a month's bill of the stage is at 50, 80 or 100 % of `dollars`.

    And when AWS forecasts that it will be above. It knows the stage by its tag, which somebody must
    activate for cost allocation in the account that pays, and AWS counts costs hours later
    (https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-managing-costs.html).
    """

    def __init__(
        self, scope: Construct, id: str, *, stage: str, dollars: int, topic_arn: str
    ) -> None:
        super().__init__(scope, id)
        budget = budgets.CfnBudget
        subscriber = budget.SubscriberProperty(subscription_type="SNS", address=topic_arn)
        budget(
            self,
            "Budget",
            budget=budget.BudgetDataProperty(
                budget_type="COST",
                time_unit="MONTHLY",
                budget_limit=budget.SpendProperty(amount=dollars, unit="USD"),
                cost_filters={"TagKeyValue": [f"user:{STAGE_TAG}${stage}"]},
            ),
            # The stage's tag on all resources does not know this type.
            resource_tags=[budget.ResourceTagProperty(key=STAGE_TAG, value=stage)],
            notifications_with_subscribers=[
                budget.NotificationWithSubscribersProperty(
                    notification=budget.NotificationProperty(
                        notification_type=kind,
                        comparison_operator="GREATER_THAN",
                        threshold=percent,
                        threshold_type="PERCENTAGE",
                    ),
                    subscribers=[subscriber],
                )
                for kind, percents in (("ACTUAL", _ACTUAL), ("FORECASTED", _FORECAST))
                for percent in percents
            ],
        )
