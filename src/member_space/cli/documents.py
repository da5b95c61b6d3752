"""`member-space documents`: the documents of the products that members read."""

import sys
from pathlib import Path

import click

from member_space.cli.console import REFUSED, disk_words, work_of
from member_space.services.contract_document_import import INDEX, DocumentsRefusedError, import_documents


@click.group()
def documents() -> None:
    """The documents of the products: notice, IPID, guarantee table, terms, each with its versions."""


@documents.command("import")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--silent", is_flag=True, help="Do not tell the households concerned.")
@click.pass_obj
def import_command(ini: str, folder: Path, silent: bool) -> None:
    """Bring in the PDF that documents.toml of this folder lists, all or none (format: docs/documents.md).

    Exit 0: imported, or nothing new; 2: refused, and nothing was written.
    """
    try:
        with work_of(ini) as (db, tools):
            report = import_documents(db, tools, folder, silent=silent)
    except DocumentsRefusedError as error:
        path = folder / INDEX
        click.echo(f"{path} : refusé, rien n’a été écrit ({len(error.problems)} à corriger)", err=True)
        for problem in error.problems:
            field = f" {problem.field} :" if problem.field else ""
            click.echo(f"  {path}:{problem.line}:{field} {problem.reason}", err=True)
        sys.exit(REFUSED)
    except OSError as error:
        click.echo(f"{folder / INDEX} : {disk_words(error)}", err=True)
        sys.exit(REFUSED)
    click.echo(f"{report.imported} importé(s), {report.already} déjà connu(s), {report.told} compte(s) prévenu(s)")
