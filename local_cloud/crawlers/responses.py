"""The requests and responses of crawlers. The other operations of Glue are moto's."""

from __future__ import annotations

from moto.core.responses import ActionResult, EmptyResult
from moto.glue.responses import GlueResponse


class CrawlerResponses(GlueResponse):  # type: ignore[misc]
    """One method per operation."""

    def create_crawler(self) -> EmptyResult:
        """Create a crawler."""
        self.glue_backend.add_crawler(self.parameters)
        return EmptyResult()

    def update_crawler(self) -> EmptyResult:
        """Change a crawler."""
        self.glue_backend.update_crawler(self.parameters)
        return EmptyResult()

    def get_crawler(self) -> ActionResult:
        """Describe a crawler."""
        crawler = self.glue_backend.get_crawler(self.parameters["Name"])
        return ActionResult({"Crawler": self.glue_backend.described(crawler)})

    def get_crawlers(self) -> ActionResult:
        """Describe all crawlers."""
        crawlers = self.glue_backend.get_crawlers()
        return ActionResult({"Crawlers": [self.glue_backend.described(each) for each in crawlers]})

    def list_crawlers(self) -> ActionResult:
        """Return the names of the crawlers that have all of the given tags."""
        wanted = self.parameters.get("Tags") or {}
        names = [
            crawler.name
            for crawler in self.glue_backend.get_crawlers()
            if wanted.items() <= self.glue_backend.get_tags(crawler.arn).items()
        ]
        return ActionResult({"CrawlerNames": names})

    def start_crawler(self) -> EmptyResult:
        """Start a crawl."""
        self.glue_backend.start_crawler(self.parameters["Name"])
        return EmptyResult()

    def stop_crawler(self) -> EmptyResult:
        """Ask a crawl to end."""
        self.glue_backend.stop_crawler(self.parameters["Name"])
        return EmptyResult()

    def delete_crawler(self) -> EmptyResult:
        """Delete a crawler."""
        self.glue_backend.delete_crawler(self.parameters["Name"])
        return EmptyResult()

    def get_tags(self) -> ActionResult:
        """Return the tags of a resource."""
        return ActionResult({"Tags": self.glue_backend.get_tags(self.parameters["ResourceArn"])})

    def tag_resource(self) -> EmptyResult:
        """Add tags to a resource."""
        given = self.parameters
        self.glue_backend.tag_resource(given["ResourceArn"], given["TagsToAdd"])
        return EmptyResult()

    def untag_resource(self) -> EmptyResult:
        """Remove tags of a resource."""
        given = self.parameters
        self.glue_backend.untag_resource(given["ResourceArn"], given["TagsToRemove"])
        return EmptyResult()
