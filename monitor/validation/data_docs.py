"""Great Expectations' own pages, for whoever wants them: they load style sheets and scripts from other addresses."""

from __future__ import annotations

import json
from pathlib import Path

from monitor.validation.revalidate import tables


def write(edition: Path, target: Path) -> None:
    """Test the suites in ``edition`` through checkpoints and write the pages to ``target``.

    Run it in a process of its own: the import alone takes ten seconds.
    """
    import great_expectations as gx

    suites = [json.loads(path.read_text("utf-8")) for path in sorted((edition / "quality/suites").glob("*.json"))]
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    site = {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(target.resolve())}
    for name in list(context.get_site_names()):
        context.delete_data_docs_site(name)
    context.add_data_docs_site("pages", {"class_name": "SiteBuilder", "store_backend": site,
                                         "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"}})
    assets = context.data_sources.add_pandas("edition")
    for name, table in tables(edition / "data/observations.csv", suites).items():
        batch = assets.add_dataframe_asset(name).add_batch_definition_whole_dataframe("all")
        for suite in (suite for suite in suites if suite["meta"]["table"] == name):
            definition = gx.ValidationDefinition(name=name, data=batch,
                                                 suite=context.suites.add(gx.ExpectationSuite(**suite)))
            context.validation_definitions.add(definition)
            actions = [gx.checkpoint.UpdateDataDocsAction(name="pages", site_names=["pages"])]
            gx.Checkpoint(name=name, validation_definitions=[definition], actions=actions,
                          result_format="SUMMARY").run(batch_parameters={"dataframe": table})
    context.build_data_docs()
