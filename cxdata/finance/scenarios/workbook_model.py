"""The deterministic model as formulas: groups reached, customers in bands, and the years that follow from them.

The same arithmetic as the counterfactual at the expected values: in each year a band keeps
``(1 / (1 + exp(log-odds + shift)))^terms`` of its customers, the levers reach nested groups, and money is summed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cxdata.finance.impact.bands import Bands
from cxdata.finance.scenarios.scenario import Lever, RetentionChange
from cxdata.finance.scenarios.workbook_cells import COUNT, HEAD, MONEY, PLAIN, SHARE, Sheet
from cxdata.language import gettext


class Formulas:
    """Writes the sheets *Groups*, *Customers* and *Years*; `rows` says where each yearly figure stands.

    Parameters
    ----------
    bands : Bands
        At least one.
    changes : sequence of Lever or RetentionChange
        Levers, or the change of the retention rate as the only one.
    years : int
        Horizon.
    inputs : mapping of str to str
        References of the input cells by field; ``levers.1.ramp.1`` is the first year of a ramp.
    groups, customers, money : Sheet
    """

    def __init__(
        self,
        bands: Bands,
        changes: Sequence[Lever | RetentionChange],
        years: int,
        inputs: Mapping[str, str],
        groups: Sheet,
        customers: Sheet,
        money: Sheet,
    ) -> None:
        self.bands, self.changes, self.inputs = bands, changes, inputs
        self.levers, self.horizon = range(len(changes)), range(years)
        self.groups, self.customers, self.money = groups, customers, money
        self.rows: dict[str, int] = {}
        self.first, self.last = 2, 1 + len(bands)
        self._strengths()
        self._groups()
        self._customers()
        self._years()

    # Where things stand.

    def year(self, name: str, year: int) -> str:
        """Reference of a figure in a year; 0 is the start."""
        return self.money.at(self.rows[name], 2 + year)

    def _band(self, name: str) -> str:
        return self.customers.column_of(self.columns[name], self.first, self.last)

    def _push(self, group: int, year: int) -> str:
        row = 4 + len(self.levers) + group * len(self.horizon) + year
        return self.groups.row_of(row, 4, 3 + len(self.levers))

    def _share(self, group: int) -> str:
        return self.groups.at(3 + group, 3)

    # The sheets.

    def _line(
        self, name: str, label: str, form: str, cells: Mapping[int, str], *, bold: bool = False
    ) -> None:
        row = self.rows.setdefault(name, 2 + len(self.rows))
        font = HEAD if bold else None
        self.money.text(row, 1, label, font=font)
        for year, formula in cells.items():
            self.money.put(row, 2 + year, f"={formula}", form, font=font)

    def _strengths(self) -> None:
        for lever in self.levers:
            field, number = f"levers.{lever + 1}", lever + 1
            last, cells = len(self.changes[lever].ramp) - 1, {}
            for year in self.horizon:
                ramp = self.inputs[f"{field}.ramp.{min(year, last) + 1}"]
                wear = f"*(1-{self.inputs[f'{field}.decay']})^{year - last}" if year > last else ""
                whole = f"{self.inputs[f'{field}.attribution']}*{self.inputs['effect']}"
                cells[year + 1] = f"{ramp}{wear}*{whole}"
            self._line(
                f"strength.{lever}",
                gettext("Lever {n}: share of its effect in force").format(n=number),
                SHARE,
                cells,
            )

    def _groups(self) -> None:
        sheet = self.groups
        names = [gettext("Lever {n}").format(n=lever + 1) for lever in self.levers]
        sheet.head(
            1, [gettext("Group"), gettext("Reached by at least"), gettext("Share of customers"), *names]
        )
        sheet.text(2, 1, gettext("Reach of each lever"))
        for lever in self.levers:
            sheet.put(2, 4 + lever, f"={self.inputs[f'levers.{lever + 1}.reach']}", SHARE)
        reach = sheet.row_of(2, 4, 3 + len(self.levers))
        for group in self.levers:
            row = 3 + group
            sheet.text(row, 1, gettext("Group {n}").format(n=group + 1))
            sheet.put(row, 2, f"=LARGE({reach},{group + 1})", SHARE)
            below = f"-{sheet.at(row + 1, 2)}" if group + 1 < len(self.levers) else ""
            sheet.put(row, 3, f"={sheet.at(row, 2)}{below}", SHARE)
            for lever in self.levers:
                sheet.put(row, 4 + lever, f"=IF({sheet.at(2, 4 + lever)}>={sheet.at(row, 2)},1,0)", "0")
        for group in self.levers:
            for year in self.horizon:
                row = 4 + len(self.levers) + group * len(self.horizon) + year
                sheet.text(
                    row, 1, gettext("Group {n}, year {year}: force").format(n=group + 1, year=year + 1)
                )
                for lever in self.levers:
                    active = sheet.at(3 + group, 4 + lever)
                    force = self.year(f"strength.{lever}", year + 1)
                    sheet.put(row, 4 + lever, f"={active}*{force}", SHARE)
        sheet.widths(30, *[14.0] * (2 + len(self.levers)))

    def _customers(self) -> None:
        sheet = self.customers
        names = ["segment", "negative", "customers", "revenue", "margin", "log_odds", "terms"]
        labels = [
            gettext("Segment"), gettext("Margin below 0"), gettext("Customers"), gettext("Revenue a year"),
            gettext("Margin a year"), gettext("Log-odds of being lost"), gettext("Terms a year"),
        ]  # fmt: skip
        for year in self.horizon[1:]:
            names.append(f"advance.{year}")
            labels.append(gettext("Older by year {year}").format(year=year + 1))
        for lever in self.levers:
            names += [f"shift.{lever}"]
            labels += [gettext("Lever {n}: shift of the log-odds").format(n=lever + 1)]
        for lever in self.levers:
            names += [f"reached.{lever}"]
            labels += [gettext("Lever {n}: can be reached").format(n=lever + 1)]
        for group in self.levers:
            names += [f"touched.{group}"]
            labels += [gettext("Group {n}: moved at all").format(n=group + 1)]
        for year in self.horizon:
            names.append(f"stay.{year}")
            labels.append(gettext("Still there after year {year}").format(year=year + 1))
        for group in self.levers:
            for year in self.horizon:
                names.append(f"stay.{group}.{year}")
                labels.append(gettext("Group {n}, after year {year}").format(n=group + 1, year=year + 1))
        names.append("later")
        labels.append(gettext("Later years, per unit of margin"))
        self.columns = {name: place for place, name in enumerate(names, 1)}
        sheet.head(1, labels)
        for band in range(len(self.bands)):
            self._one_band(band, self.first + band)
        sheet.page.row_dimensions[1].height = 48
        sheet.widths(16, *[12.0] * (len(labels) - 1))

    def _one_band(self, band: int, row: int) -> None:
        bands, sheet, at = self.bands, self.customers, self.columns
        sheet.text(row, 1, bands.segment[band])
        sheet.put(row, 2, int(bands.negative[band]))
        for name, values, form in (
            ("customers", bands.customers, COUNT), ("revenue", bands.value, MONEY), ("margin", bands.margin, MONEY),
            ("log_odds", bands.log_odds, PLAIN), ("terms", bands.terms, "0.##"),
        ):  # fmt: skip
            sheet.put(row, at[name], float(values[band]), form)
        for lever in self.levers:
            sheet.put(row, at[f"shift.{lever}"], float(bands.shift[band, lever]), PLAIN)
            sheet.put(row, at[f"reached.{lever}"], float(bands.reached[band, lever]), SHARE)

        def cell(name: str) -> str:
            return f"${sheet.page.cell(row, at[name]).column_letter}{row}"

        shifts = f"{cell('shift.0')}:{cell(f'shift.{len(self.levers) - 1}')}"
        for group in self.levers:
            active = self.groups.row_of(3 + group, 4, 3 + len(self.levers))
            sheet.put(row, at[f"touched.{group}"], f"=IF(SUMPRODUCT({shifts},{shifts},{active})>0,1,0)", "0")
        for year in self.horizon:
            odds = cell("log_odds")
            if year:
                sheet.put(row, at[f"advance.{year}"], float(bands.advance[band, year]), PLAIN)
                odds += f"+{cell(f'advance.{year}')}"
            before = f"{cell(f'stay.{year - 1}')}*" if year else ""
            sheet.put(row, at[f"stay.{year}"], f"={before}(1/(1+EXP({odds})))^{cell('terms')}", PLAIN)
            for group in self.levers:
                before = f"{cell(f'stay.{group}.{year - 1}')}*" if year else ""
                moved = f"{odds}+SUMPRODUCT({shifts},{self._push(group, year)})"
                formula = f"={before}(1/(1+EXP({moved})))^{cell('terms')}"
                sheet.put(row, at[f"stay.{group}.{year}"], formula, PLAIN)
        growth, rate = self.inputs["margin_growth"], self.inputs["discount_rate"]
        kept = f"(1/(1+EXP({odds})))^{cell('terms')}*(1+{growth})"
        sheet.put(row, at["later"], f"={kept}/(1+{rate}-{kept})", PLAIN)

    def _difference(self, weights: str, year: int) -> str:
        """A sum over the bands with the change less without it."""
        parts = [
            f"{self._share(group)}*(SUMPRODUCT({weights},{self._band(f'stay.{group}.{year}')})"
            f"-SUMPRODUCT({weights},{self._band(f'stay.{year}')}))"
            for group in self.levers
        ]
        return "+".join(parts)

    def _years(self) -> None:
        inputs, every = self.inputs, self.horizon
        self.money.head(
            1,
            ["", gettext("Start"), *(gettext("Year {year}").format(year=year + 1) for year in every)],
        )
        rate, growth = inputs["discount_rate"], inputs["margin_growth"]
        self._line("factor", gettext("Discount factor, middle of the year"), PLAIN,
                   {0: "1", **{y + 1: f"(1+{rate})^(0-{y + 0.5})" for y in every}})  # fmt: skip
        self._line("growth", gettext("Growth of money per customer"), PLAIN,
                   {y + 1: f"(1+{growth})^{y}" for y in every})  # fmt: skip
        self._line("kept", gettext("Customers kept"), COUNT,
                   {y + 1: self._difference(self._band("customers"), y) for y in every}, bold=True)  # fmt: skip

        def grown(year: int, formula: str) -> str:
            return f"{self.year('growth', year + 1)}*({formula})"

        self._line("revenue", gettext("Revenue of kept customers"), MONEY,
                   {y + 1: grown(y, self._difference(self._band("revenue"), y)) for y in every})  # fmt: skip
        self._line("saved", gettext("Margin of kept customers"), MONEY,
                   {y + 1: grown(y, self._difference(self._band("margin"), y)) for y in every})  # fmt: skip
        self._line("cross_sell", gettext("Margin from cross-sell"), MONEY,
                   {y + 1: grown(y, self._cross_sell(y)) for y in every})  # fmt: skip
        self._line("referral", gettext("Margin of customers won by referral"), MONEY, {
            y + 1: grown(y, f"{inputs['referral']}*{self.year('kept', y + 1)}*{inputs['each']}") for y in every
        })  # fmt: skip
        self._line("margin", gettext("Margin"), MONEY, {
            y + 1: "+".join(self.year(name, y + 1) for name in ("saved", "cross_sell", "referral")) for y in every
        }, bold=True)  # fmt: skip
        for lever in self.levers:
            self._line(f"reached.{lever}", gettext("Lever {n}: customers reached and there").format(n=lever + 1),
                       COUNT, {y + 1: self._reached(lever, y) for y in every})  # fmt: skip
        fields = [f"levers.{lever + 1}" for lever in self.levers]
        each = {
            y + 1: "+".join(
                f"{inputs[f'{field}.yearly_cost']}+{inputs[f'{field}.cost_per_customer']}"
                f"*{self.year(f'reached.{lever}', y + 1)}"
                for lever, field in enumerate(fields)
            )
            for y in every
        }
        start = "+".join(inputs[f"{field}.one_off_cost"] for field in fields)
        self._line("cost", gettext("Costs"), MONEY, {0: start, **each}, bold=True)
        self._line("net", gettext("Margin less costs"), MONEY, {
            0: f"0-{self.year('cost', 0)}",
            **{y + 1: f"{self.year('margin', y + 1)}-{self.year('cost', y + 1)}" for y in every},
        }, bold=True)  # fmt: skip
        self._line("net_pv", gettext("Present value of it"), MONEY,
                   {y: f"{self.year('net', y)}*{self.year('factor', y)}" for y in (0, *(y + 1 for y in every))})  # fmt: skip
        for name, label, flow in (
            ("cumulative", gettext("Sum so far"), "net"),
            ("cumulative_pv", gettext("Sum so far, present value"), "net_pv"),
        ):
            self._line(name, label, MONEY, {0: self.year(flow, 0)})
            self._line(name, label, MONEY,
                       {y + 1: f"{self.year(name, y)}+{self.year(flow, y + 1)}" for y in every})  # fmt: skip
            self._line(f"{name}.back", gettext("Years until it is paid back"), "0.0;-0.0;", {
                y + 1: f"IF({self.year(name, y)}<0,IF({self.year(name, y + 1)}<0,0,"
                f"{y}-{self.year(name, y)}/{self.year(flow, y + 1)}),0)"
                for y in every
            })  # fmt: skip
        halves = {0: self.year("net", 0)} | {
            half: self.year("net", (half + 1) // 2) if half % 2 else "0"
            for half in range(1, 2 * len(self.horizon))
        }
        self._line("halves", gettext("Cash by half-year, for the internal rate"), MONEY, halves)
        last = len(self.horizon) - 1
        parts = "+".join(
            f"{self._share(group)}*(SUMPRODUCT({self._band('margin')},{self._band('later')},"
            f"{self._band(f'stay.{group}.{last}')})-SUMPRODUCT({self._band('margin')},{self._band('later')},"
            f"{self._band(f'stay.{last}')}))"
            for group in self.levers
        )
        whole = f"({parts})*{self.year('factor', len(self.horizon))}*{self.year('growth', len(self.horizon))}"
        self._line(
            "tail", gettext("Present value after the last year"), MONEY, {0: f"{inputs['tail']}*{whole}"}
        )
        self.money.widths(44, *[13.0] * (2 * len(every)))

    def _cross_sell(self, year: int) -> str:
        if not isinstance(self.changes[0], Lever):
            kept = self._difference(self._band("margin"), year)
            return f"{self.inputs['cross_sell']}*({kept})"
        parts = [
            f"{self._share(group)}*MAX({self._push(group, year)})*SUMPRODUCT({self._band('margin')},"
            f"{self._band(f'touched.{group}')},{self._band(f'stay.{group}.{year}')})"
            for group in self.levers
        ]
        return f"{self.inputs['cross_sell']}*({'+'.join(parts)})"

    def _reached(self, lever: int, year: int) -> str:
        parts = []
        for group in self.levers:
            there = f",{self._band(f'stay.{group}.{year - 1}')}" if year else ""
            counted = f"SUMPRODUCT({self._band('customers')},{self._band(f'reached.{lever}')}{there})"
            parts.append(f"{self.groups.at(3 + group, 4 + lever)}*{self._share(group)}*{counted}")
        return "+".join(parts)
